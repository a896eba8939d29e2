// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "event/event.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <set>
#include <type_traits>

using namespace daemonscope;

namespace {

/// One of each payload with every field set to something that is not its default.
std::vector<Payload> oneOfEach()
{
    const ProcessId process{4711, 7};
    const ObjectId object{process, "1.2"};
    const payload::Source source{"script.py:12", "pool._terminate_pool"};
    return {payload::RecordingStarted{{"python3", "x y.py"}, "/home", -5, true, true, "lines", true, "1.2.3", 42,
                "/run/c", 5, true, true, "cn_proc"},
        payload::RecordingEnded{"done"}, payload::Lost{"sender", "killed"},
        payload::Born{process, payload::Born::How::Vfork, 4712},
        payload::Executed{{"a", "", "c"}, "/bin/a", "/tmp", "no cwd"},
        payload::SignalDelivered{15, -6, 99, 1000, process},
        payload::KillRequested{9, -4711, process, "kill", {process, {4712, 8}}, -1, 5}, payload::Stopped{19},
        payload::Continued{}, payload::Exited{true, 11, true, 123456789012, 1 << 30, true, true},
        payload::Reparented{process, 1}, payload::Reaped{process, true, true},
        payload::InterpreterStarted{"main", "3.11.2", "/usr/bin/python3", {"python3"}, 1, "python"}, payload::Forked{},
        payload::ObjectMade{object, "P", "C", true, true, "f", source},
        payload::DaemonSet{object, "P", true, true, false, "self", "e", source}, payload::NameSet{object, "n"},
        payload::StartCalled{object, "P", true, source}, payload::StartReturned{object, process, 4711, "spawn"},
        payload::StartRefused{object, "P", "AssertionError", "no", source},
        payload::Bootstrapped{object, "P", true, process, 4711, "C", "f", "fork"},
        payload::ExceptionRaised{"ValueError", "\xff\x00 bad", "tb"}, payload::TargetEnded{3}, payload::MainCodeEnded{},
        payload::JoinBegun{object, 5, true, source}, payload::JoinEnded{object, -15, "e"},
        payload::TerminateCalled{object, process, true, source}, payload::SignalSent{process, 4711, 15, true},
        payload::ChildReaped{process, 4711, -15}, payload::ObjectClosed{object, false},
        payload::ExitSequenceBegun{{{object, "a"}}, {{object, "b"}, {object, "c"}}},
        payload::ExitSequenceStep{payload::ExitSequenceStep::Kind::Join, "a", process}, payload::ExitSequenceEnded{},
        payload::InterpreterExiting{"E", "m"}, payload::ThreadStarted{"t", true, -1}, payload::ThreadEnded{"t", 5},
        payload::RuntimeCall{"os.kill", "d", 4711, 9, process, source}, payload::HookGap{12},
        payload::HookError{"w", "m"}, payload::OutputWritten{payload::Stream::Stderr, 1ULL << 40, 5},
        payload::StepReached{source, "MainThread"}, payload::ResourceSampled{1'000, 2'000, 3, 4},
        payload::ControlRequested{"signal", 15, process, 77, 1000},
        payload::KillReturned{9, -4711, process, "kill", 3, {process}}, payload::ParentDeathSignalSet{15},
        payload::ParentThreadEnded{process, 4713}, payload::PidNamespaceSeen{1ULL << 33, {4711, 2}, process},
        payload::OutputDropped{payload::Stream::Stderr, 1U << 20},
        payload::CaptureStatement{{{"signals", false, "no"}, {"output", true, ""}}}};
}

} // namespace

class TestEvent : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyKindIsThereAndNamed()
    {
        const auto all = oneOfEach();
        QCOMPARE(all.size(), std::variant_size_v<AnyPayload>);
        QCOMPARE(kindNames().size(), std::variant_size_v<AnyPayload>);
        std::set<std::string_view> names;
        for (std::size_t index = 0; index < all.size(); ++index) {
            QCOMPARE(all[index].index(), index);
            names.insert(kindName(all[index]));
        }
        QCOMPARE(names.size(), all.size());
    }
    void binaryFormSurvivesTheRoundTrip()
    {
        for (const Payload& payload : oneOfEach()) {
            const auto back = decode(static_cast<std::uint8_t>(payload.index()), encode(payload));
            QVERIFY2(back.has_value(), std::string{kindName(payload)}.c_str());
            // JSON has every field, so equal JSON means equal payloads.
            QCOMPARE(QString::fromStdString(toJsonLine({{}, {}, {}, *back}, {})),
                QString::fromStdString(toJsonLine({{}, {}, {}, payload}, {})));
            QCOMPARE(encode(*back), encode(payload));
        }
    }
    void cutBytesAreDefaultsOrDamageButNeverMore()
    {
        for (const Payload& payload : oneOfEach()) {
            const std::string whole = encode(payload);
            for (std::size_t size = 0; size < whole.size(); ++size) {
                const auto part =
                    decode(static_cast<std::uint8_t>(payload.index()), std::string_view{whole}.substr(0, size));
                if (part)
                    QCOMPARE(part->index(), payload.index());
            }
        }
    }
    void fieldsOfNewerVersionsAreIgnored()
    {
        const auto back = decode(7, encode(payload::Stopped{19}) + "more");
        QVERIFY(back.has_value());
        QCOMPARE(std::get<payload::Stopped>(*back).signal, 19);
    }
    void unknownTypesAndHugeCountsAreRefused()
    {
        QVERIFY(!decode(200, "").has_value());
        // A list of 2^62 strings in a few bytes.
        QVERIFY(!decode(4, "\xff\xff\xff\xff\xff\xff\xff\xff\x3f").has_value());
        QVERIFY(!decode(1,
            "\x7f"
            "short")
                     .has_value());
    }
    void jsonLineHasTimeProcessWitnessAndFields()
    {
        const Event event{EventTime{1500}, {4711, 3}, Witness::Runtime,
            payload::StartReturned{{{4711, 3}, "1"}, std::nullopt, 0, "fork"}};
        const auto json = nlohmann::json::parse(toJsonLine(event, EventTime{500}));
        QCOMPARE(json["time_ns"].get<int>(), 1000);
        QCOMPARE(json["process"].get<int>(), 3);
        QCOMPARE(json["pid"].get<int>(), 4711);
        QCOMPARE(json["witness"].get<std::string>(), std::string{"runtime"});
        QCOMPARE(json["kind"].get<std::string>(), std::string{"start-returned"});
        QVERIFY(json["data"]["child"].is_null());
        QCOMPARE(json["data"]["object"]["identity"].get<std::string>(), std::string{"1"});
    }
    void hostileBytesStayJson()
    {
        const Event event{{}, {}, Witness::Kernel, payload::Executed{{"\xff\xfe", "a\nb\x1b[31m"}, "", "", ""}};
        const std::string line = toJsonLine(event, {});
        QVERIFY(nlohmann::json::accept(line));
        QVERIFY(line.find('\n') == std::string::npos);
        QVERIFY(line.find('\x1b') == std::string::npos);
    }
    void enumValuesOutOfRangeHaveAWord()
    {
        const auto born = decode(3, std::string_view{"\0\x63\0", 3});
        QVERIFY(born.has_value());
        QVERIFY(toJsonLine({{}, {}, {}, *born}, {}).find("unknown") != std::string::npos);
    }
    void textNamesTheSignal()
    {
        const std::string text = toText(payload::SignalDelivered{15, 0, 0, 0, std::nullopt});
        QVERIFY(text.find("signal-delivered signal=SIGTERM") == 0);
    }
};

QTEST_GUILESS_MAIN(TestEvent)
#include "tst_event.moc"
