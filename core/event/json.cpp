// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "event/event.h"
#include "event/fields.h"
#include "os/signal.h"

#include <nlohmann/json.hpp>

#include <array>
#include <concepts>

namespace daemonscope {

namespace {

using Json = nlohmann::ordered_json;

template <std::size_t N> std::string enumWord(const std::array<const char*, N>& words, std::size_t value)
{
    return value < N ? words.at(value) : "unknown";
}
std::string enumWord(payload::Born::How how)
{
    static constexpr std::array kWords{"launch", "fork", "vfork", "clone", "unknown"};
    return enumWord(kWords, static_cast<std::size_t>(how));
}
std::string enumWord(payload::ExitSequenceStep::Kind kind)
{
    static constexpr std::array kWords{"phase", "terminate", "join"};
    return enumWord(kWords, static_cast<std::size_t>(kind));
}
std::string enumWord(payload::Stream stream)
{
    static constexpr std::array kWords{"stdout", "stderr"};
    return enumWord(kWords, static_cast<std::size_t>(stream));
}
std::string enumWord(Witness witness)
{
    static constexpr std::array kWords{"recorder", "kernel", "runtime", "output"};
    return enumWord(kWords, static_cast<std::size_t>(witness));
}

/// Puts fields into a JSON object under their names; absent optionals become null.
class JsonEncoder {
public:
    explicit JsonEncoder(Json& out)
        : out_(out)
    {
    }

    template <class T> void operator()(const char* name, T& field) { out_[name] = convert(field); }

private:
    template <class T>
    requires std::is_arithmetic_v<T> || std::same_as<T, std::string> Json convert(const T& value) { return value; }
    template <class T>
    requires std::is_enum_v<T> Json convert(T value) { return enumWord(value); }
    template <class T> Json convert(std::vector<T>& list)
    {
        Json array = Json::array();
        for (T& item : list)
            array.push_back(convert(item));
        return array;
    }
    template <class T> Json convert(std::optional<T>& field) { return field ? convert(*field) : Json{}; }
    template <class T>
    requires(std::is_class_v<T> && !std::same_as<T, std::string>) Json convert(T& nested)
    {
        Json object = Json::object();
        JsonEncoder encoder{object};
        fields::visit(encoder, nested);
        return object;
    }

    Json& out_;
};

Json payloadToJson(const Payload& payload)
{
    Json object = Json::object();
    JsonEncoder encoder{object};
    // See encode(): one field list for reading and writing; nothing is changed.
    std::visit([&](auto& alternative) { fields::visit(encoder, alternative); }, const_cast<Payload&>(payload));
    return object;
}

std::string dump(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

std::string toJsonLine(const Event& event, EventTime start)
{
    Json line;
    line["time_ns"] = (event.time - start).count();
    line["process"] = event.process.serial;
    line["pid"] = event.process.pid;
    line["witness"] = enumWord(event.witness);
    line["kind"] = kindName(event.payload);
    line.update(Json{{"data", payloadToJson(event.payload)}});
    return dump(line);
}

std::string toText(const Payload& payload)
{
    std::string text{kindName(payload)};
    const Json fields = payloadToJson(payload);
    for (const auto& [name, value] : fields.items()) {
        if (value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty()))
            continue;
        text += ' ' + name + '=';
        text += name == "signal" && value.is_number_integer() ? Signal{value.get<int>()}.name() : dump(value);
    }
    return text;
}

} // namespace daemonscope
