// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/hookdecoder.h"
#include "capture/launchenvironment.h"
#include "os/self.h"

#include <QTest>

#include <nlohmann/json.hpp>

using namespace daemonscope;

namespace {

std::optional<ProcessId> resolveKnown(std::int32_t pid)
{
    return pid == 100 || pid == 101 ? std::optional{ProcessId{pid, static_cast<std::uint32_t>(pid - 100)}}
                                    : std::nullopt;
}

std::optional<HookRecord> decodeText(const QByteArray& text)
{
    return decodeHookRecord(text.toStdString(), resolveKnown);
}

/// The payload of a packet with these fields, as JSON.
nlohmann::json payloadOf(const QByteArray& fields)
{
    const auto packet = decodeText("{\"t\":5,\"p\":100,\"s\":1," + fields + "}");
    if (!packet || packet->payloads.size() != 1)
        return {};
    return nlohmann::json::parse(toJsonLine({packet->time, {}, Witness::Runtime, packet->payloads.front()}, {}));
}

} // namespace

class TestHookDecoder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eventsBecomePayloads_data()
    {
        QTest::addColumn<QByteArray>("fields");
        QTest::addColumn<QByteArray>("kind");
        QTest::addColumn<QByteArray>("data"); // a part of it
        const auto row = [](const char* kind, const char* fields, const char* data = "{}") {
            QTest::newRow(kind) << QByteArray{fields} << QByteArray{kind} << QByteArray{data};
        };
        row("interpreter-started",
            R"("e":"interp_start","role":"main","ver":"3.11.2","exe":"/usr/bin/python3","orig_argv":["python3","x"],"optimize":1,"runtime":"python")",
            R"({"role":"main","version":"3.11.2","argv":["python3","x"],"optimize":1,"runtime":"python"})");
        row("step-reached", R"("e":"step","src":"story.scn:7","thread":"MainThread")",
            R"({"source":{"place":"story.scn:7","via":""},"thread":"MainThread"})");
        row("object-made",
            R"("e":"proc_new","obj":"100:1","name":"P","cls":"C","daemon":true,"how":"explicit","target":"m.f","src":"a.py:3","via":"pool.x")",
            R"({"name":"P","daemon":true,"explicit":true,"target":"m.f","source":{"place":"a.py:3","via":"pool.x"}})");
        // A C++ program's places are what its compiler was told.
        row("join-begun", R"("e":"join_call","obj":"100:1","child":101,"timeout":null,"src":"../../a b/main.cpp:12")",
            R"({"source":{"place":"../../a b/main.cpp:12","via":""}})");
        row("daemon-set",
            R"("e":"daemon_set","obj":"100:1","name":"P","old":false,"new":true,"ok":false,"state":"started","exc":"AssertionError","msg":"m")",
            R"({"old":false,"new":true,"accepted":false,"state":"started","error":"AssertionError: m"})");
        row("start-returned", R"("e":"start_ok","obj":"100:1","child":101,"method":"fork","ns":5)",
            R"({"child_pid":101,"method":"fork"})");
        row("start-refused", R"("e":"start_refused","obj":"100:1","exc":"AssertionError","msg":"no")",
            R"({"exception":"AssertionError","message":"no"})");
        row("bootstrapped",
            R"("e":"boot","obj":"100:1","name":"P","daemon":true,"ppid":7,"parent":100,"cls":"C","method":"spawn","target":null)",
            R"({"logical_parent_pid":100,"method":"spawn","target":""})");
        row("join-begun", R"("e":"join_call","obj":"100:1","timeout":0.5)", R"({"timeout_ns":500000000})");
        row("join-ended", R"("e":"join_ret","obj":"100:1","code":null)", R"({"code":null})");
        row("terminate-called", R"("e":"kill","obj":"100:1","child":101,"src":"a.py:9")", R"({"kill":true})");
        row("signal-sent", R"("e":"signal","child":101,"sig":15,"at_exit":true)",
            R"({"signal":15,"at_exit":true,"child_pid":101})");
        row("child-reaped", R"("e":"reaped","child":101,"code":-15)", R"({"code":-15})");
        row("exit-sequence-step", R"("e":"exit_terminate","name":"P","child":101)",
            R"({"step":"terminate","name":"P"})");
        row("target-ended", R"("e":"proc_end","code":-1)", R"({"code":255})");
        row("exception-raised", R"("e":"exception","exc":"ValueError","msg":"bad","tb":"Traceback")",
            R"({"traceback":"Traceback"})");
        row("thread-started", R"("e":"thread","name":"T","daemon":true,"ident":140000000000000)",
            R"({"ident":140000000000000})");
        row("runtime-call", R"("e":"os_kill","pid":101,"sig":9,"how":"kill")",
            R"({"call":"os.kill","signal":9,"target_pid":101})");
        row("exit-sequence-begun", R"("e":"exit_begin","daemons":[{"obj":"100:1","name":"d","child":101}],"plain":[])",
            R"({"others":[]})");
        row("hook-error", R"("e":"hook_error","where":"x","exc":"E","msg":"m")", R"({"where":"x","message":"E: m"})");
    }
    void eventsBecomePayloads()
    {
        QFETCH(QByteArray, fields);
        QFETCH(QByteArray, kind);
        QFETCH(QByteArray, data);
        const auto event = payloadOf(fields);
        QVERIFY(event.is_object());
        QCOMPARE(QByteArray::fromStdString(event["kind"].get<std::string>()), kind);
        const auto expected = nlohmann::json::parse(data.toStdString());
        for (const auto& [key, value] : expected.items())
            QCOMPARE(event["data"][key].dump(), value.dump());
    }
    void processesAndObjectsAreResolved()
    {
        const auto known = payloadOf(R"("e":"start_ok","obj":"101:1.2","child":100,"method":"fork")");
        QCOMPARE(known["data"]["object"]["creator"]["serial"].get<int>(), 1);
        QCOMPARE(known["data"]["object"]["identity"].get<std::string>(), std::string{"1.2"});
        QCOMPARE(known["data"]["child"]["serial"].get<int>(), 0);
        const auto unknown = payloadOf(R"("e":"start_ok","obj":"101:","child":55,"method":"fork")");
        QVERIFY(unknown["data"]["child"].is_null());
        QCOMPARE(unknown["data"]["child_pid"].get<int>(), 55);
    }
    void envelopeIsRead()
    {
        const auto packet = decodeText(R"({"e":"forked","t":123456789012345,"p":100,"s":7,"ppid":101,"lost":3})");
        QVERIFY(packet.has_value());
        QCOMPARE(packet->time, EventTime{123456789012345});
        QCOMPARE(packet->lostBefore, std::int64_t{3});
        QCOMPARE(packet->kernelParentPid, std::optional{101});
    }
    void unknownEventsAreTolerated()
    {
        const auto packet = decodeText(R"({"e":"something_new","t":1,"p":100,"s":1,"x":[1,{"y":2}]})");
        QVERIFY(packet.has_value());
        QVERIFY(packet->payloads.empty());
    }
    void garbageIsRefused_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("nothing") << QByteArray{};
        QTest::newRow("not JSON") << QByteArray{"GET / HTTP/1.1"};
        QTest::newRow("cut off") << QByteArray{R"({"e":"forked","t":)"};
        QTest::newRow("a list") << QByteArray{"[1,2]"};
        QTest::newRow("no event") << QByteArray{R"({"t":1})"};
        QTest::newRow("no time") << QByteArray{R"({"e":"forked"})"};
        QTest::newRow("time is text") << QByteArray{R"({"e":"forked","t":"1"})"};
        QTest::newRow("deeply nested") << QByteArray(40000, '[');
        QTest::newRow("zeros") << QByteArray(100, '\0');
    }
    void garbageIsRefused()
    {
        QFETCH(QByteArray, bytes);
        QVERIFY(!decodeText(bytes).has_value());
    }
    void wrongTypesAreDefaults()
    {
        const auto event = payloadOf(
            R"("e":"proc_new","obj":5,"name":["x"],"daemon":"yes","how":null,"target":{},"src":1,"via":false)");
        QCOMPARE(event["data"]["name"].get<std::string>(), std::string{});
        QVERIFY(!event["data"]["daemon"].get<bool>());
        QCOMPARE(
            payloadOf(R"("e":"exit_begin","daemons":[1,"x",{"obj":"nonsense"}],"plain":{})")["data"]["daemons"].size(),
            std::size_t{1});
        QCOMPARE(
            payloadOf(R"("e":"join_call","obj":"100:1","timeout":1e300)")["data"]["timeout_ns"].get<std::int64_t>(),
            9000000000000000000);
    }
    void packetsHoldRecords_data()
    {
        QTest::addColumn<QByteArray>("packet");
        QTest::addColumn<QList<QByteArray>>("records");
        const auto row = [](const char* name, const QByteArray& packet, const QList<QByteArray>& records) {
            QTest::newRow(name) << packet << records;
        };
        row("empty", "", {});
        row("one", R"({"e":"x"})", {R"({"e":"x"})"});
        row("several", "a\nbc\nd", {"a", "bc", "d"});
        row("newlines only", "\n\n\n", {});
        row("empty lines", "\na\n\nb\n", {"a", "b"});
        row("no lines of other systems", "a\r\nb", {"a\r", "b"});
        row("zeros", QByteArray("\0\n\0", 3), {QByteArray("\0", 1), QByteArray("\0", 1)});
    }
    void packetsHoldRecords()
    {
        QFETCH(QByteArray, packet);
        QFETCH(QList<QByteArray>, records);
        const std::string bytes = packet.toStdString();
        QList<QByteArray> found;
        for (const std::string_view record : recordsOf(bytes))
            found.append(QByteArray{record.data(), static_cast<qsizetype>(record.size())});
        QCOMPARE(found, records);
    }

    void anIdleExitSequenceIsWhole()
    {
        const auto packet =
            decodeHookRecord(R"({"e":"exit_begin","t":7,"p":100,"s":1,"daemons":[],"plain":[],"idle":true})",
                [](std::int32_t) { return std::optional<ProcessId>{}; });
        QVERIFY(packet.has_value());
        QCOMPARE(packet->payloads.size(), std::size_t{4});
        QVERIFY(std::holds_alternative<payload::ExitSequenceBegun>(packet->payloads[0]));
        QCOMPARE(std::get<payload::ExitSequenceStep>(packet->payloads[1]).name, std::string{"finalizers"});
        QCOMPARE(std::get<payload::ExitSequenceStep>(packet->payloads[2]).name, std::string{"remaining"});
        QVERIFY(std::holds_alternative<payload::ExitSequenceEnded>(packet->payloads[3]));
    }
    void bytesThatWereNotUtf8AreTolerated_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("read");
        QTest::newRow("lone low") << QByteArray{R"(a\udcffb)"}
                                  << QByteArray{"a\xef\xbf\xbd"
                                                "b"};
        QTest::newRow("lone high") << QByteArray{R"(a\ud800b)"}
                                   << QByteArray{"a\xef\xbf\xbd"
                                                 "b"};
        QTest::newRow("high at the end") << QByteArray{R"(a\ud800)"} << QByteArray{"a\xef\xbf\xbd"};
        QTest::newRow("a pair stays") << QByteArray{R"(\ud83d\ude00)"} << QByteArray{"\xf0\x9f\x98\x80"};
        QTest::newRow("an escaped backslash before") << QByteArray{R"(\\\\udcff)"} << QByteArray{R"(\\udcff)"};
        QTest::newRow("one escaped backslash before") << QByteArray{R"(\\udcff)"} << QByteArray{R"(\udcff)"};
    }
    void bytesThatWereNotUtf8AreTolerated()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, read);
        const auto event = payloadOf("\"e\":\"exit_join\",\"name\":\"" + name + "\"");
        QVERIFY(event.is_object());
        QCOMPARE(QByteArray::fromStdString(event["data"]["name"].get<std::string>()), read);
    }

    void environmentIsInstrumented()
    {
        std::vector<std::string> environment{"PYTHONPATH=/mine", "A=1"};
        instrument(environment, {"/run/x/hook", "/share/python", true});
        QCOMPARE(environmentValue(environment, "PYTHONPATH"), std::optional<std::string>{"/share/python/site:/mine"});
        QCOMPARE(environmentValue(environment, "DAEMONSCOPE_SOCKET"), std::optional<std::string>{"/run/x/hook"});
        QCOMPARE(environmentValue(environment, "DAEMONSCOPE_OPTIONS"), std::optional<std::string>{"lines"});
        QCOMPARE(environmentValue(environment, "A"), std::optional<std::string>{"1"});
    }
    void pipeModeTellsNothing()
    {
        std::vector<std::string> environment{"A=1"};
        instrument(environment, {});
        QCOMPARE(environment, std::vector<std::string>{"A=1"});
    }
    void foreignPreloadsAreLeftAlone()
    {
        std::vector<std::string> environment{"LD_PRELOAD=/lib/mine.so"};
        instrument(environment, {"", "", true});
        QCOMPARE(environment, std::vector<std::string>{"LD_PRELOAD=/lib/mine.so"});
    }
    void scriptsRunUnderPython()
    {
        using Words = std::vector<std::string>;
        QCOMPARE(commandFor({"x.py", "-v"}, ""), (Words{"python3", "x.py", "-v"}));
        QCOMPARE(commandFor({"-m", "http.server"}, "/opt/python"), (Words{"/opt/python", "-m", "http.server"}));
        QCOMPARE(commandFor({"make", "x.py"}, "/opt/python"), (Words{"make", "x.py"}));
        QCOMPARE(commandFor({".py"}, ""), Words{".py"});
        QCOMPARE(commandFor({}, ""), Words{});
    }
};

QTEST_GUILESS_MAIN(TestHookDecoder)
#include "tst_hookdecoder.moc"
