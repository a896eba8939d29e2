// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reportfixture.h"
#include "engine/context.h"
#include "engine/runtime.h"

#include <thread>

using namespace daemonscope;
using namespace daemonscope::engine;
using namespace daemonscope::test;

class Worker : public Process {
public:
    using Process::Process;
};

/// What packets say, and that nothing in a string can break one.
class TestReport : public QObject, private ReportFixture {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        listen();
        QVERIFY(receiver().isListening());
        QVERIFY(probe());
    }
    void cleanup() { stop(); }

    void envelope()
    {
        const auto before = std::chrono::steady_clock::now().time_since_epoch().count();
        const auto first = sent([](auto&) {});
        report::Packet("test").send();
        const auto packet = receiver().next("test");
        QVERIFY(packet);
        const auto second = packet->json();
        QVERIFY(first["t"].get<std::int64_t>() >= before && second["t"] >= first["t"]);
        QCOMPARE(first["p"].get<int>(), ::getpid());
        QCOMPARE(packet->peerPid, ::getpid());
        QCOMPARE(second["s"].get<int>(), first["s"].get<int>() + 1);
        QVERIFY(!second.contains("lost"));
    }
    void fieldsOfEveryKind()
    {
        const auto json = sent([](report::Packet& packet) {
            packet.text("a", "b").number("n", -9223372036854775807LL).flag("y", true).flag("f", false).null("z");
            packet.seconds("d", 0.25).seconds("i", std::numeric_limits<double>::infinity()).list("l", {"x", ""});
            packet.by().source(Where::current());
            try {
                throw ValueError("no \"such\" thing");
            } catch (...) {
                packet.currentException();
            }
        });
        QVERIFY(json["a"] == "b");
        QCOMPARE(json["n"].get<std::int64_t>(), -9223372036854775807LL);
        QVERIFY(json["y"] == true && json["f"] == false && json["z"].is_null() && json["i"].is_null());
        QCOMPARE(json["d"].get<double>(), 0.25);
        QCOMPARE(json["l"].dump(), std::string(R"(["x",""])"));
        QVERIFY(!json.contains("more"));
        QCOMPARE(json["by"].get<std::string>(), std::to_string(::getpid()) + ":");
        const auto place = json["src"].get<std::string>();
        QVERIFY2(place.find("tst_report.cpp:") != std::string::npos, place.c_str());
        QVERIFY(json["exc"] == "ValueError");
        QVERIFY(json["msg"] == "no \"such\" thing");
    }
    void startNamesTheEngine()
    {
        std::string program = "story", word = "--fast";
        std::array<char*, 3> argv{program.data(), word.data(), nullptr};
        report::interpreterStarted("main", 2, argv.data());
        const auto packet = receiver().next("interp_start");
        QVERIFY(packet);
        const auto json = packet->json();
        QVERIFY(json["runtime"] == "daemonscope-engine");
        QVERIFY(json["impl"] == "c++");
        QVERIFY(json["role"] == "main");
        QVERIFY(json["ver"] == DAEMONSCOPE_VERSION);
        QCOMPARE(json["orig_argv"].dump(), std::string(R"(["story","--fast"])"));
        QCOMPARE(json["exe"].get<std::string>(), executablePath());
        QCOMPARE(json["cwd"].get<std::string>(), currentDirectory());
        QVERIFY(json["v"] == 1 && json["optimize"] == 0 && json["ppid"] == ::getppid());
        QVERIFY(json["pgid"] == ::getpgrp() && json["sid"] == ::getsid(0));
    }
    void placesInCppAreWhatTheCompilerWasTold()
    {
        const auto placeOf = [this](const Where& where) {
            return sent([&](auto& packet) { packet.source(where); })["src"].template get<std::string>();
        };
        const Where here = Where::current();
        QCOMPARE(placeOf(here), std::string(__FILE__) + ":" + std::to_string(__LINE__ - 1));
        QCOMPARE(placeOf(Where::current("../a b/main.cpp", 12)), std::string("../a b/main.cpp:12"));
    }
    void namesAndForksTellTheirPlaces()
    {
        const auto check = [this](const char* event, int line) {
            const auto packet = receiver().next(event);
            QVERIFY(packet);
            QCOMPARE(packet->json()["src"].get<std::string>(), std::string(__FILE__) + ":" + std::to_string(line));
        };
        const ProcessPtr made = process({.name = "before"});
        made->setName("after");
        check("name_set", __LINE__ - 1);
        engine::currentProcess()->setName("Main");
        check("name_set", __LINE__ - 1);
        const int child = osFork();
        if (child == 0)
            osExit(0);
        check("os_fork", __LINE__ - 3);
        QCOMPARE(::waitpid(child, nullptr, 0), child);
        // What a script does is told as the script's.
        const SourceScope script("/s/story.scn", 9);
        made->setName("again");
        const auto packet = receiver().next("name_set");
        QVERIFY(packet);
        QVERIFY(packet->json()["src"] == "/s/story.scn:9" && packet->json()["old"] == "after");
    }
    void namesAreTheEnginesOwn_data()
    {
        QTest::addColumn<QByteArray>("method"); // empty: the default context
        QTest::addColumn<int>("target");
        QTest::addColumn<QByteArray>("names");
        QTest::newRow("registered") << QByteArray() << 0 << QByteArray(R"("Process" "count")");
        QTest::newRow("lambda") << QByteArray("fork") << 1 << QByteArray(R"("ForkProcess" "<lambda>")");
        QTest::newRow("none") << QByteArray("spawn") << 2 << QByteArray(R"("SpawnProcess" null)");
        QTest::newRow("server") << QByteArray("forkserver") << 0 << QByteArray(R"("ForkServerProcess" "count")");
        QTest::newRow("own class") << QByteArray("own") << 1 << QByteArray(R"("Worker" "<lambda>")");
    }
    void namesAreTheEnginesOwn()
    {
        QFETCH(QByteArray, method);
        QFETCH(int, target);
        QFETCH(QByteArray, names);
        const std::array<Target, 3> targets{Target("count", [](const Arguments&) {}), Target([] {}), Target()};
        const ProcessOptions options{.target = targets.at(static_cast<std::size_t>(target))};
        const ProcessPtr made = method == "own" ? make<Worker>(options)
            : method.isEmpty()                  ? process(options)
                                                : Context::of(method.toStdString()).process(options);
        const auto packet = receiver().next("proc_new");
        QVERIFY(packet);
        const auto json = packet->json();
        QCOMPARE(QByteArray::fromStdString(json["cls"].dump() + ' ' + json["target"].dump()), names);
    }
    void stepsAndScopesNameThePlaceInTheScript()
    {
        reportStep("/s/story.scn", 7);
        const auto step = receiver().next("step");
        QVERIFY(step);
        QVERIFY(step->json()["src"] == "/s/story.scn:7");
        QVERIFY(step->json()["thread"] == "MainThread");
        const auto placeNow = [this] { return sent([](auto& packet) { packet.source(Where::current()); })["src"]; };
        {
            const SourceScope outer("/s/story.scn", 3);
            {
                const SourceScope inner("/s/other.scn", 44);
                QVERIFY(placeNow() == "/s/other.scn:44");
            }
            QVERIFY(placeNow() == "/s/story.scn:3");
            nlohmann::json elsewhere;
            std::thread([&] { elsewhere = placeNow(); }).join();
            QVERIFY(elsewhere.get<std::string>().find("tst_report.cpp") != std::string::npos);
        }
        QVERIFY(placeNow().get<std::string>().find("tst_report.cpp") != std::string::npos);
        QVERIFY(!sent([](auto& packet) { packet.source(Where{}); }).contains("src"));
        const SourceScope endless(std::string(1 << 20, 'x'), 12);
        QVERIFY(placeNow().get<std::string>().ends_with("xxx...:12"));
    }

    void hostileStrings_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("asSent");
        const auto row = [](const char* name, const QByteArray& text, const QByteArray& asSent) {
            QTest::newRow(name) << text << asSent;
        };
        const QByteArray full(4096, 'a');
        const QByteArray cut = QByteArray(4093, 'a') + "...";
        row("control", QByteArray("\0\x01\x1b[31m\n\t\x7f", 10), R"(\u0000\u0001\u001b[31m\n\t\u007f)");
        row("quotes", "\"\\/", R"(\"\\/)");
        row("whole characters", "é€😀", R"(\u00e9\u20ac\ud83d\ude00)");
        row("not UTF-8", "a\xff\x80z", R"(a\udcff\udc80z)");
        row("too long a form", "\xc0\xaf\xe0\x80\xaf", R"(\udcc0\udcaf\udce0\udc80\udcaf)");
        row("surrogate", "\xed\xa0\x80", R"(\udced\udca0\udc80)");
        row("beyond Unicode", "\xf4\x90\x80\x80", R"(\udcf4\udc90\udc80\udc80)");
        row("ends early", "x\xf0\x9f\x98", R"(x\udcf0\udc9f\udc98)");
        row("just fits", full, full);
        row("too long by one", full + 'a', cut);
        row("megabyte", QByteArray(1 << 20, 'a'), cut);
        row("megabyte of bytes", QByteArray(1 << 20, '\xff'), QByteArray(R"(\udcff)").repeated(682) + "...");
        row("no half character", QByteArray("😀").repeated(1 << 18),
            QByteArray(R"(\ud83d\ude00)").repeated(341) + "...");
    }
    void hostileStrings()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, asSent);
        report::Packet("test").text("text", text.toStdString()).send();
        const auto packet = receiver().next();
        QVERIFY(packet);
        const auto bytes = QByteArray::fromStdString(packet->bytes);
        QVERIFY2(bytes.contains(",\"text\":\"" + asSent + "\","), bytes.left(300).constData());
    }
    void longTextKeepsItsEnd()
    {
        const auto kept = [this](const std::string& text) {
            return sent([&](auto& packet) { packet.longText("tb", text); })["tb"].template get<std::string>();
        };
        const std::string full(16384, 'b');
        QCOMPARE(kept(full), full);
        QCOMPARE(kept("x" + full), "..." + std::string(16381, 'b'));
        QCOMPARE(kept(std::string(1 << 20, 'a') + "end"), "..." + std::string(16378, 'a') + "end");
        std::string stars;
        for (int i = 0; i < 100000; ++i)
            stars += "€";
        const std::string end = kept(stars);
        QCOMPARE(end.size(), 3 + 3 * std::size_t{16381 / 6}); // six bytes as sent, three in the string
        QVERIFY(end.starts_with("...€") && end.ends_with("€"));
    }
    void listsAreBounded()
    {
        const auto json = sent([](auto& packet) {
            packet.list("a", std::vector<std::string>(500, std::string(100, 'x')));
            packet.list("b", {std::string(1 << 20, 'y'), "z"});
        });
        const std::size_t fitted = json["a"].size();
        QVERIFY(fitted > 100 && json["a"].dump().size() <= 12290);
        QCOMPARE(json["more"].get<std::size_t>(), 500 - fitted);
        QCOMPARE(json["b"][0].get<std::string>(), std::string(1021, 'y') + "...");
        QVERIFY(json["b"][1] == "z");
    }
    void childrenAreNamed()
    {
        std::vector<ProcessPtr> many;
        for (int i = 0; i < 150; ++i)
            many.push_back(process({.target = {}, .args = {}, .name = i == 0 ? "f\"irst" : "", .daemon = {}}));
        receiver().next("proc_new");
        const auto json = sent([&](auto& packet) { packet.children("daemons", many).children("plain", {}); });
        QCOMPARE(json["daemons"].size(), std::size_t{100});
        QCOMPARE(json["more"].get<int>(), 50);
        QVERIFY(json["daemons"][0]["name"] == "f\"irst");
        QVERIFY(json["daemons"][0]["child"].is_null() && json["plain"].empty());
        QVERIFY(json["daemons"][1]["obj"].get<std::string>().starts_with(std::to_string(::getpid()) + ":"));
    }
    void packetThatIsTooLongIsCounted()
    {
        report::Packet huge("huge");
        for (int i = 0; i < 14; ++i)
            huge.text("k", std::string(5000, 'x'));
        huge.send();
        QCOMPARE(sent([](auto&) {})["lost"].get<int>(), 1);
        QVERIFY(!sent([](auto&) {}).contains("lost"));
    }
};

int main(int argc, char** argv)
{
    return runReportTest<TestReport>(argc, argv);
}
#include "tst_report.moc"
