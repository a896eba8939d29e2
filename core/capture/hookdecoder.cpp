// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/hookdecoder.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace daemonscope {

namespace {

using Json = nlohmann::json;

/// Reads fields of a record; whatever is missing or of another type is the default.
class RecordFields {
public:
    RecordFields(const Json& json, const ResolvePid& resolve)
        : json_(json)
        , resolve_(resolve)
    {
    }

    [[nodiscard]] std::string text(const char* key) const
    {
        const auto field = json_.find(key);
        return field != json_.end() && field->is_string() ? field->get<std::string>() : std::string{};
    }
    [[nodiscard]] bool flag(const char* key) const
    {
        const auto field = json_.find(key);
        return field != json_.end() && field->is_boolean() && field->get<bool>();
    }
    [[nodiscard]] std::optional<std::int64_t> integer(const char* key) const
    {
        const auto field = json_.find(key);
        if (field == json_.end() || !field->is_number_integer())
            return std::nullopt;
        return field->get<std::int64_t>();
    }
    [[nodiscard]] std::int32_t narrow(const char* key) const
    {
        return static_cast<std::int32_t>(integer(key).value_or(0));
    }
    [[nodiscard]] std::vector<std::string> list(const char* key) const
    {
        std::vector<std::string> words;
        if (const auto field = json_.find(key); field != json_.end() && field->is_array()) {
            for (const Json& item : *field) {
                if (item.is_string())
                    words.push_back(item.get<std::string>());
            }
        }
        return words;
    }
    [[nodiscard]] std::optional<ProcessId> process(const char* key) const
    {
        const auto pid = integer(key);
        return pid ? resolve_(static_cast<std::int32_t>(*pid)) : std::nullopt;
    }
    /// "4711:1.2": the creator's pid and the identity.
    [[nodiscard]] ObjectId object(const char* key) const
    {
        const std::string id = text(key);
        ObjectId object;
        const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), object.creator.pid);
        if (error != std::errc{} || end == id.data() + id.size() || *end != ':')
            return {};
        object.identity.assign(end + 1, id.data() + id.size());
        if (const auto creator = resolve_(object.creator.pid))
            object.creator = *creator;
        return object;
    }
    [[nodiscard]] payload::Source source() const { return {text("src"), text("via")}; }
    [[nodiscard]] std::vector<payload::ExitCandidate> candidates(const char* key) const
    {
        std::vector<payload::ExitCandidate> list;
        if (const auto field = json_.find(key); field != json_.end() && field->is_array()) {
            for (const Json& item : *field) {
                if (!item.is_object())
                    continue;
                const RecordFields nested{item, resolve_};
                list.push_back({nested.object("obj"), nested.text("name")});
            }
        }
        return list;
    }
    [[nodiscard]] std::string joined(const char* key) const
    {
        std::string words;
        for (const std::string& word : list(key))
            words += (words.empty() ? "" : " ") + word;
        return words;
    }
    [[nodiscard]] std::string error() const
    {
        const std::string type = text("exc");
        return type.empty() ? type : type + ": " + text("msg");
    }
    [[nodiscard]] std::optional<std::int64_t> timeout() const
    {
        const auto field = json_.find("timeout");
        if (field == json_.end() || !field->is_number())
            return std::nullopt;
        constexpr double kNanosecondsPerSecond = 1e9;
        constexpr double kLongest = 9e9; // seconds that fit in 64 bits of nanoseconds
        return static_cast<std::int64_t>(std::clamp(field->get<double>(), 0.0, kLongest) * kNanosecondsPerSecond);
    }

private:
    const Json& json_;
    const ResolvePid& resolve_;
};

payload::RuntimeCall callOf(const RecordFields& f, std::string call, std::string detail)
{
    return {std::move(call), std::move(detail), 0, 0, std::nullopt, f.source()};
}

std::string orElse(const std::string& text, const char* otherwise)
{
    return text.empty() ? otherwise : text;
}

payload::ExitSequenceStep stepOf(const RecordFields& f, payload::ExitSequenceStep::Kind kind)
{
    return {kind, f.text("name"), f.process("child")};
}

using Make = Payload (*)(const RecordFields&);

/// One entry an event of docs/hook-protocol.md.
const std::unordered_map<std::string_view, Make>& makers()
{
    using F = const RecordFields&;
    using Step = payload::ExitSequenceStep::Kind;
    static const std::unordered_map<std::string_view, Make> table{
        {"interp_start",
            [](F f) -> Payload {
                return payload::InterpreterStarted{f.text("role"), f.text("ver"), f.text("exe"), f.list("orig_argv"),
                    f.narrow("optimize"), f.text("runtime")};
            }},
        {"main_end", [](F) -> Payload { return payload::MainCodeEnded{}; }},
        {"interp_exit",
            [](F f) -> Payload {
                return payload::InterpreterExiting{f.text("exc"), f.text("msg")};
            }},
        {"forked", [](F) -> Payload { return payload::Forked{}; }},
        {"hook_error",
            [](F f) -> Payload {
                return payload::HookError{f.text("where"), f.error()};
            }},
        {"proc_new",
            [](F f) -> Payload {
                return payload::ObjectMade{f.object("obj"), f.text("name"), f.text("cls"), f.flag("daemon"),
                    f.text("how") == "explicit", f.text("target"), f.source()};
            }},
        {"daemon_set",
            [](F f) -> Payload {
                return payload::DaemonSet{f.object("obj"), f.text("name"), f.flag("old"), f.flag("new"), f.flag("ok"),
                    f.text("state"), f.error(), f.source()};
            }},
        {"name_set",
            [](F f) -> Payload {
                return payload::NameSet{f.object("obj"), f.text("name")};
            }},
        {"start_call",
            [](F f) -> Payload {
                return payload::StartCalled{f.object("obj"), f.text("name"), f.flag("daemon"), f.source()};
            }},
        {"start_ok",
            [](F f) -> Payload {
                return payload::StartReturned{f.object("obj"), f.process("child"), f.narrow("child"), f.text("method")};
            }},
        {"start_refused",
            [](F f) -> Payload {
                return payload::StartRefused{f.object("obj"), f.text("name"), f.text("exc"), f.text("msg"), f.source()};
            }},
        {"boot",
            [](F f) -> Payload {
                return payload::Bootstrapped{f.object("obj"), f.text("name"), f.flag("daemon"), f.process("parent"),
                    f.narrow("parent"), f.text("cls"), f.text("target"), f.text("method")};
            }},
        {"exception",
            [](F f) -> Payload {
                return payload::ExceptionRaised{f.text("exc"), f.text("msg"), f.text("tb")};
            }},
        {"proc_end",
            [](F f) -> Payload {
                constexpr std::int64_t kByteMask = 0xff; // what exit(3) passes on; a code beyond 64 bits has none
                return payload::TargetEnded{
                    static_cast<std::int32_t>(f.integer("code").value_or(kByteMask) & kByteMask)};
            }},
        {"join_call",
            [](F f) -> Payload {
                return payload::JoinBegun{f.object("obj"), f.timeout(), f.flag("at_exit"), f.source()};
            }},
        {"join_ret",
            [](F f) -> Payload {
                const auto code = f.integer("code");
                return payload::JoinEnded{
                    f.object("obj"), code ? std::optional{static_cast<std::int32_t>(*code)} : std::nullopt, {}};
            }},
        {"join_raised",
            [](F f) -> Payload {
                return payload::JoinEnded{f.object("obj"), std::nullopt, f.error()};
            }},
        {"terminate",
            [](F f) -> Payload {
                return payload::TerminateCalled{f.object("obj"), f.process("child"), false, f.source()};
            }},
        {"kill",
            [](F f) -> Payload {
                return payload::TerminateCalled{f.object("obj"), f.process("child"), true, f.source()};
            }},
        {"interrupt", [](F f) -> Payload { return callOf(f, "Process.interrupt", f.text("obj")); }},
        {"signal",
            [](F f) -> Payload {
                return payload::SignalSent{f.process("child"), f.narrow("child"), f.narrow("sig"), f.flag("at_exit")};
            }},
        {"reaped",
            [](F f) -> Payload {
                return payload::ChildReaped{f.process("child"), f.narrow("child"), f.narrow("code")};
            }},
        {"close",
            [](F f) -> Payload {
                return payload::ObjectClosed{f.object("obj"), f.flag("ok")};
            }},
        {"exit_begin",
            [](F f) -> Payload {
                return payload::ExitSequenceBegun{f.candidates("daemons"), f.candidates("plain")};
            }},
        {"exit_phase",
            [](F f) -> Payload {
                return payload::ExitSequenceStep{Step::Phase, f.text("phase"), std::nullopt};
            }},
        {"exit_terminate", [](F f) -> Payload { return stepOf(f, Step::Terminate); }},
        {"exit_join", [](F f) -> Payload { return stepOf(f, Step::Join); }},
        {"exit_end", [](F) -> Payload { return payload::ExitSequenceEnded{}; }},
        {"thread",
            [](F f) -> Payload {
                return payload::ThreadStarted{f.text("name"), f.flag("daemon"), f.integer("ident").value_or(0)};
            }},
        {"thread_end",
            [](F f) -> Payload {
                return payload::ThreadEnded{f.text("name"), f.integer("ident").value_or(0)};
            }},
        {"step",
            [](F f) -> Payload {
                return payload::StepReached{f.source(), f.text("thread")};
            }},
        {"os_fork", [](F f) -> Payload { return callOf(f, "os." + orElse(f.text("how"), "fork"), {}); }},
        {"popen", [](F f) -> Payload { return callOf(f, orElse(f.text("how"), "subprocess"), f.joined("argv")); }},
        {"os_exec", [](F f) -> Payload { return callOf(f, "os.exec", f.text("path")); }},
        {"os_kill",
            [](F f) -> Payload {
                return payload::RuntimeCall{"os." + orElse(f.text("how"), "kill"), {}, f.narrow("pid"), f.narrow("sig"),
                    f.process("pid"), f.source()};
            }},
    };
    return table;
}

bool isHex(std::string_view digits)
{
    return std::all_of(digits.begin(), digits.end(), [](char digit) {
        return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f') || (digit >= 'A' && digit <= 'F');
    });
}

/// JSON text in which each escape of a surrogate that has no partner (the hook's form of a byte that was not UTF-8) is
/// replaced by that of U+FFFD, as the parser takes whole characters only.
std::string withWholeCharacters(std::string_view bytes)
{
    constexpr std::size_t kEscapeSize = 6; // \uXXXX
    std::string text{bytes};
    const auto surrogateAt = [&text](std::size_t at, std::string_view second) {
        return at + kEscapeSize <= text.size() && text[at] == '\\' && text[at + 1] == 'u'
            && (text[at + 2] == 'd' || text[at + 2] == 'D') && second.find(text[at + 3]) != std::string_view::npos
            && isHex(std::string_view{text}.substr(at + 2, 4));
    };
    for (std::size_t at = text.find('\\'); at != std::string::npos; at = text.find('\\', at)) {
        const bool high = surrogateAt(at, "89abAB");
        if (high && surrogateAt(at + kEscapeSize, "cdefCDEF")) {
            at += 2 * kEscapeSize;
        } else if (high || surrogateAt(at, "cdefCDEF")) {
            text.replace(at + 2, 4, "fffd");
            at += kEscapeSize;
        } else {
            at += 2; // an escape of one character, or the beginning of \uXXXX
        }
    }
    return text;
}

} // namespace

std::vector<std::string_view> recordsOf(std::string_view packet)
{
    std::vector<std::string_view> records;
    while (!packet.empty()) {
        const std::size_t end = std::min(packet.find('\n'), packet.size());
        if (end > 0)
            records.push_back(packet.substr(0, end));
        packet.remove_prefix(std::min(end + 1, packet.size()));
    }
    return records;
}

std::optional<HookRecord> decodeHookRecord(std::string_view bytes, const ResolvePid& resolve)
{
    const Json json = Json::parse(withWholeCharacters(bytes), nullptr, false);
    if (!json.is_object())
        return std::nullopt;
    const RecordFields fields{json, resolve};
    const std::string event = fields.text("e");
    const auto time = fields.integer("t");
    if (event.empty() || !time)
        return std::nullopt;

    HookRecord record;
    record.time = EventTime{*time};
    record.lostBefore = std::max<std::int64_t>(fields.integer("lost").value_or(0), 0);
    if (const auto parent = fields.integer("ppid"))
        record.kernelParentPid = static_cast<std::int32_t>(*parent);
    if (const auto maker = makers().find(event); maker != makers().end())
        record.payloads.push_back(maker->second(fields));
    if (event == "exit_begin" && fields.flag("idle")) {
        // One record for a sequence that had nothing to do.
        for (const char* const phase : {"finalizers", "remaining"})
            record.payloads.emplace_back(
                payload::ExitSequenceStep{payload::ExitSequenceStep::Kind::Phase, phase, std::nullopt});
        record.payloads.emplace_back(payload::ExitSequenceEnded{});
    }
    return record;
}

} // namespace daemonscope
