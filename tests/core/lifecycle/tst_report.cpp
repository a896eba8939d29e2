// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/report/jsonreport.h"
#include "lifecycle/report/textreport.h"

#include "support/events.h"

#include <QTest>

#include <algorithm>
#include <random>

using namespace daemonscope;
using namespace daemonscope::test;
using namespace std::chrono_literals;

namespace {

using Json = nlohmann::ordered_json;

QStringList keysOf(const Json& object)
{
    QStringList keys;
    for (const auto& item : object.items())
        keys += QString::fromStdString(item.key());
    return keys;
}

QStringList wordsOf(const char* text)
{
    return QString::fromUtf8(text).split(QLatin1Char(' '));
}

QStringList linesOf(const std::string& text)
{
    return QString::fromStdString(text).split(QLatin1Char('\n'));
}

} // namespace

class TestReport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void jsonHasExactlyTheseKeys();
    void jsonValues();
    void jsonLeavesThePreludeOut();
    void jsonOfNothing();
    void lossesAreTold();
    void whatCouldNotBeSeenIsTold();
    void threadsEndWithTheirProcess();
    void jsonOfHostileBytes();
    void jsonInPieces();
    void textTree();
    void textIsAsciiWhereAskedFor();
    void colourOnlyWhereAskedFor();
    void deepTreesStayNarrow();
    void damagedEventsDoNoHarm();
};

void TestReport::jsonHasExactlyTheseKeys()
{
    ReferenceStory reference;
    reference.story.runtime(200ms, reference.main, payload::ThreadStarted{"t", true, 7});
    const Json report = jsonReport(reference.story.tree());
    QCOMPARE(keysOf(report), wordsOf("format version program capture processes findings"));
    QCOMPARE(keysOf(report["program"]), wordsOf("argv cwd started duration_ns exit complete"));
    QCOMPARE(keysOf(report["capture"]), wordsOf("kernel runtime output lost kernel_means abilities"));
    QCOMPARE(report["processes"].size(), 3u);
    for (const Json& process : report["processes"]) {
        QCOMPARE(keysOf(process),
            wordsOf("id pid name command role parent kernel_parent adopted_by reaped_by daemon daemon_origin "
                    "start_method born_ns "
                    "ended_ns reaped_ns orphaned_ns exit cpu_ns max_rss_bytes sampled ended_by verdict output "
                    "threads"));
        QCOMPARE(keysOf(process["verdict"]), wordsOf("text chain"));
        QVERIFY(!process["verdict"]["chain"].empty());
        for (const Json& clause : process["verdict"]["chain"])
            QCOMPARE(keysOf(clause), wordsOf("time_ns text evidence"));
        QCOMPARE(keysOf(process["output"]), wordsOf("stdout_bytes stderr_bytes dropped_bytes"));
    }
    QCOMPARE(keysOf(report["processes"][1]["exit"]), wordsOf("signal number"));
    QCOMPARE(keysOf(report["processes"][2]["exit"]), wordsOf("code"));
    QCOMPARE(keysOf(report["processes"][1]["ended_by"]), wordsOf("process signal how known_by"));
    QCOMPARE(keysOf(report["processes"][0]["threads"][0]), wordsOf("name daemon started_ns ended_ns"));
    QVERIFY(!report["findings"].empty());
    QCOMPARE(keysOf(report["findings"][0]), wordsOf("rule severity process time_ns text advice"));
}

void TestReport::jsonValues()
{
    const ReferenceStory reference;
    const Json report = jsonReport(reference.story.tree());
    QVERIFY(report["format"] == "daemonscope-report");
    QVERIFY(report["version"] == 1);
    QVERIFY(report["program"]["argv"] == Json({"python3", "story.py"}));
    QVERIFY(report["program"]["started"] == "2023-11-14T22:13:20.000Z");
    QVERIFY(report["program"]["exit"] == Json({{"code", 0}}));
    QVERIFY(report["program"]["complete"] == true);
    QVERIFY(report["program"]["duration_ns"] == 5'021'000'000);
    QVERIFY(report["capture"]["output"] == "attributed");
    const Json& main = report["processes"][0];
    QVERIFY(main["id"] == 0 && main["parent"].is_null() && main["role"] == "main" && main["name"] == "MainProcess");
    QVERIFY(main["daemon"] == false && main["daemon_origin"] == "default" && main["start_method"].is_null());
    QVERIFY(main["ended_by"].is_null());
    const Json& daemon = report["processes"][1];
    QVERIFY(daemon["parent"] == 0 && daemon["kernel_parent"] == 0 && daemon["reaped_by"] == 0
        && daemon["adopted_by"].is_null());
    QVERIFY(daemon["role"] == "child" && daemon["daemon"] == true && daemon["daemon_origin"] == "constructor");
    QVERIFY(daemon["start_method"] == "fork");
    QVERIFY(daemon["born_ns"] == 101'000'000 && daemon["ended_ns"] == 3'004'000'000);
    QVERIFY(daemon["exit"] == Json({{"signal", "SIGTERM"}, {"number", 15}}));
    QVERIFY(daemon["ended_by"]
        == Json(
            {{"process", 0}, {"signal", "SIGTERM"}, {"how", "exit sequence"}, {"known_by", "siginfo and runtime"}}));
    QVERIFY(report["processes"][2]["daemon_origin"] == "default");
}

void TestReport::jsonLeavesThePreludeOut()
{
    Story story;
    const ProcessId root = story.launch(0ms, {"bash", "shim"});
    story.exited(2ms, story.fork(1ms, root), 0);
    story.exec(5ms, root, {"python3", "x.py"});
    story.interpreter(20ms, root, "main");
    story.child(100ms, root, "Process-1");
    const Json report = jsonReport(story.tree());
    QCOMPARE(report["processes"].size(), 2u);
    QVERIFY(report["processes"][1]["id"] == 2);
    QVERIFY(report["processes"][1]["parent"] == 0);
}

void TestReport::whatCouldNotBeSeenIsTold()
{
    Story story({.kernel = true, .runtime = true, .means = "cn_proc"});
    story.add(0ms, {}, Witness::Recorder,
        payload::CaptureStatement{{{"lives", true, ""}, {"signals", false, "ptrace was\x1b refused"},
            {"set-uid", false, "x"}, {"sigkill-senders", false, ""}}});
    const ProcessId main = story.launchPython(1ms);
    QCOMPARE(story.tree().size(), std::size_t{1});
    QVERIFY(story.tree().at(0).id == main);
    const Json capture = jsonReport(story.tree())["capture"];
    QVERIFY(capture["kernel"] == true);
    QVERIFY(capture["kernel_means"] == "cn_proc");
    QCOMPARE(capture["abilities"].size(), std::size_t{4});
    QVERIFY(capture["abilities"][1]["available"] == false);
    const std::string text = textReport(story.tree(), {});
    QVERIFY2(text.find("Could not be seen: signals, their senders and stops (ptrace was") != std::string::npos,
        text.c_str());
    QVERIFY2(text.find("refused); who sent SIGKILL.\n") != std::string::npos, text.c_str());
    QVERIFY(text.find('\x1b') == std::string::npos);
    QVERIFY(text.find("by cn_proc, without ptrace") != std::string::npos);
    QVERIFY(jsonReport(Story().tree())["capture"]["kernel_means"] == "ptrace");
}

void TestReport::lossesAreTold()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    story.runtime(100ms, main, payload::HookGap{12});
    story.add(101ms, main, Witness::Recorder, payload::Lost{"the output", "the disk was full"});
    const Json lost = jsonReport(story.tree(), {"the file is cut off"})["capture"]["lost"];
    QVERIFY(lost
        == Json({"the output: the disk was full", "12 events that the hook in MainProcess (pid 4711) could not send",
            "the file is cut off"}));
    const std::string text = textReport(story.tree(), {});
    QVERIFY(text.find("Not seen: the output: the disk was full\n") != std::string::npos);
    QVERIFY(text.find("Not seen: 12 events that the hook") != std::string::npos);
    QVERIFY(text.find("Could not be seen") == std::string::npos);
}

void TestReport::threadsEndWithTheirProcess()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    story.runtime(100ms, main, payload::ThreadStarted{"t", true, 7});
    QVERIFY(jsonReport(story.tree())["processes"][0]["threads"][0]["ended_ns"].is_null());
    story.exited(300ms, main, 0);
    QVERIFY(jsonReport(story.tree())["processes"][0]["threads"][0]["ended_ns"] == 300'000'000);
}

void TestReport::jsonOfNothing()
{
    const Json report = jsonReport(ProcessTree());
    QVERIFY(report["processes"].is_array() && report["processes"].empty());
    QVERIFY(report["program"]["exit"].is_null());
    QVERIFY(report["program"]["complete"] == false);
    QVERIFY(textReport(ProcessTree(), {}).find("No process was recorded") != std::string::npos);
}

void TestReport::jsonOfHostileBytes()
{
    Story story;
    story.launch(0ms, {"/bin/\xff\x1b[31m\"", "\xc3"});
    const std::string text = jsonText(jsonReport(story.tree()));
    QVERIFY(text.find('\x1b') == std::string::npos);
    const Json again = Json::parse(text);
    QVERIFY(again["processes"][0]["command"].size() == 2);
}

void TestReport::jsonInPieces()
{
    const ReferenceStory reference;
    for (const ProcessTree& tree : {ProcessTree(), reference.story.tree()}) {
        std::string text;
        writeJsonReport(tree, {"a note"}, [&text](std::string_view piece) { text += piece; });
        QCOMPARE(text, jsonText(jsonReport(tree, {"a note"})));
    }
}

void TestReport::textTree()
{
    const ReferenceStory reference;
    const QStringList lines = linesOf(textReport(reference.story.tree(), {}));
    QCOMPARE(lines.at(0), QStringLiteral("python3 story.py"));
    QCOMPARE(lines.at(1),
        QStringLiteral(
            "The program finished, exit 0 after 5.02 s. Seen by: kernel and runtime witnesses, output by process."));
    QCOMPARE(lines.at(3), QStringLiteral("NAME           PID  KIND                START     END  EXIT     STATE"));
    QCOMPARE(lines.at(4),
        QStringLiteral("MainProcess   4711  main (non-daemon)  0.00 s  5.02 s  0        finished, exit 0"));
    QCOMPARE(lines.at(5),
        QString::fromUtf8("├─ Process-1  4712  daemon             0.10 s  3.00 s  SIGTERM  killed by SIGTERM"));
    QCOMPARE(lines.at(6),
        QString::fromUtf8("└─ Process-2  4713  non-daemon         0.11 s  5.00 s  0        finished, exit 0"));
    QVERIFY(lines.contains(QStringLiteral("Verdicts")));
    QVERIFY(lines.contains(QStringLiteral("Findings")));
}

void TestReport::textIsAsciiWhereAskedFor()
{
    const ReferenceStory reference;
    TextReportOptions options;
    options.unicode = false;
    const std::string text = textReport(reference.story.tree(), options);
    QVERIFY(std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
    QVERIFY(text.find("`- Process-2") != std::string::npos);
    QVERIFY(text.find("Python: -15") != std::string::npos);
}

void TestReport::colourOnlyWhereAskedFor()
{
    const ReferenceStory reference;
    TextReportOptions options;
    QVERIFY(textReport(reference.story.tree(), options).find('\033') == std::string::npos);
    options.color = true;
    QVERIFY(textReport(reference.story.tree(), options).find('\033') != std::string::npos);
}

void TestReport::deepTreesStayNarrow()
{
    Story story;
    ProcessId parent = story.launch(0ms, {"sh"});
    for (int i = 0; i < 5000; ++i)
        parent = story.fork(milliseconds(i), parent);
    const std::string text = textReport(story.tree(), {});
    QVERIFY(text.size() < 5'000'000);
    QVERIFY(text.find("(level 5000) sh") != std::string::npos);
}

void TestReport::damagedEventsDoNoHarm()
{
    // Whatever a recording says, the fold and the reports must bear it: events in any order, twice, with bytes changed.
    std::mt19937 random(1);
    const std::vector<Event> events = ReferenceStory().story.events();
    int applied = 0;
    for (int round = 0; round < 60; ++round) {
        ProcessTree tree;
        for (int i = 0; i < 200; ++i) {
            Event event = events[random() % events.size()];
            std::string bytes = encode(event.payload);
            if (!bytes.empty() && random() % 2 == 0)
                bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
            std::optional<Payload> payload = decode(static_cast<std::uint8_t>(event.payload.index()), bytes);
            if (!payload)
                continue;
            event.payload = std::move(*payload);
            event.process.serial = static_cast<std::uint32_t>(random() % 6);
            event.time += milliseconds(static_cast<int>(random() % 2000) - 1000);
            tree.apply(event);
            ++applied;
            if (i % 50 == 0)
                (void)tree.takeChanges();
        }
        QVERIFY(!jsonText(jsonReport(tree)).empty());
        QVERIFY(!textReport(tree, {}).empty());
        std::size_t shown = tree.roots().size();
        std::size_t folded = 0;
        for (const Process& process : tree.processes()) {
            shown += tree.children(process.index).size();
            folded += process.foldedInto ? 1 : 0;
            (void)statusAt(process, tree.latest());
        }
        QCOMPARE(shown + folded, tree.size()); // every process has exactly one place
    }
    QVERIFY(applied > 1000);
}

QTEST_APPLESS_MAIN(TestReport)
#include "tst_report.moc"
