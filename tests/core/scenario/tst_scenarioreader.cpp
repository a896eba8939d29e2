// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/reader.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <random>
#include <set>

using namespace daemonscope;
using namespace daemonscope::scenario;

namespace {

constexpr const char* everyVerb = DAEMONSCOPE_SOURCE_DIR "/tests/core/scenario/everyverb.yaml";

/// The steps as main's, each on a line of its own from line 2, column 3.
std::string asMain(const std::string& steps)
{
    return "main:\n" + steps;
}

void collectVerbs(const Steps& steps, std::set<std::size_t>& verbs, std::vector<unsigned>& ids)
{
    for (const Step& step : steps) {
        verbs.insert(step.action.index());
        ids.push_back(step.id);
        if (const auto* repeat = std::get_if<Repeat>(&step.action))
            collectVerbs(repeat->steps, verbs, ids);
        if (const auto* forever = std::get_if<Forever>(&step.action))
            collectVerbs(forever->steps, verbs, ids);
        if (const auto* until = std::get_if<RepeatUntilSet>(&step.action))
            collectVerbs(until->steps, verbs, ids);
        if (const auto* lock = std::get_if<WithLock>(&step.action))
            collectVerbs(lock->steps, verbs, ids);
        if (const auto* attempt = std::get_if<Try>(&step.action)) {
            collectVerbs(attempt->steps, verbs, ids);
            collectVerbs(attempt->caught, verbs, ids);
        }
    }
}

void addMistake(const char* name, const std::string& yaml, const std::string& message)
{
    QTest::newRow(name) << QByteArray::fromStdString(yaml) << QByteArray::fromStdString("f.yaml:" + message);
}

} // namespace

class TestScenarioReader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyVerbIsRead()
    {
        const auto scenario = readScenarioFile(everyVerb);
        QVERIFY2(scenario.ok(), scenario.ok() ? "" : scenario.error().message.c_str());
        std::set<std::size_t> verbs;
        std::vector<unsigned> ids;
        collectVerbs(scenario.value().main.steps, verbs, ids);
        for (const Function& function : scenario.value().functions)
            collectVerbs(function.steps, verbs, ids);
        QCOMPARE(verbs.size(), std::variant_size_v<Action>);
        QCOMPARE(ids.size(), std::size_t{scenario.value().stepCount});
        for (unsigned i = 0; i < ids.size(); ++i)
            QCOMPARE(ids[i], i); // in the order of the file
        QCOMPARE(scenario.value().file, std::string(everyVerb));
        QVERIFY(scenario.value().function("count"));
        QVERIFY(!scenario.value().function("main"));
    }

    void stepsHoldWhatIsWritten()
    {
        const auto read =
            readScenario(asMain("  - sleep: 1.5s\n"
                                "  - create: {process: p, target: f, args: [1, -2.5, yes, null, \"5\", x], "
                                "name: \"a{{b}}{pid}\", daemon: no}\n"
                                "  - join: {process: p, timeout: 20ms}\n"
                                "  - repeat: {times: 3, steps: []}\n"
                                "functions:\n  f:\n    parameters: [a, b, c, d, e, g]\n    steps: []\n"),
                "f.yaml");
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        const Steps& steps = read.value().main.steps;
        QCOMPARE(std::get<std::chrono::nanoseconds>(std::get<Sleep>(steps[0].action).duration),
            std::chrono::nanoseconds(1'500'000'000));
        const auto& create = std::get<CreateProcess>(steps[1].action);
        QCOMPARE(steps[1].position.line, 3U);
        QCOMPARE(steps[1].position.column, 5U);
        QCOMPARE(std::get<std::int64_t>(create.args[0]), 1);
        QCOMPARE(std::get<double>(create.args[1]), -2.5);
        QCOMPARE(std::get<bool>(create.args[2]), true);
        QVERIFY(std::holds_alternative<std::monostate>(create.args[3]));
        QCOMPARE(std::get<Text>(create.args[4])[0].text, std::string("5"));
        QCOMPARE(create.name->at(0).text, std::string("a{b}"));
        QCOMPARE(create.name->at(1).text, std::string("pid"));
        QCOMPARE(create.daemon, std::optional(false));
        QCOMPARE(std::get<std::chrono::nanoseconds>(*std::get<Join>(steps[2].action).timeout),
            std::chrono::milliseconds(20));
        QVERIFY(std::get<Repeat>(steps[3].action).variable.empty());
        QCOMPARE(std::get<std::int64_t>(std::get<Repeat>(steps[3].action).to), 3);
    }

    void mistakesAreToldWithTheirPlace_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QByteArray>("message");
        const std::string f = "functions:\n  f:\n    parameters: [a]\n    steps: [print: \"{a}\"]\n";
        const std::string p = "  - create: {process: p, target: f, args: [1]}\n";
        addMistake("no mapping", "[]", "1:1: expected a mapping with title, main and functions, not an empty list");
        addMistake("no main", "title: x\n", "1:1: expected the key 'main' as well");
        addMistake("unknown key", "mian: []\nmain: []\n", "1:1: expected the key title, main or functions, not 'mian'");
        addMistake(
            "title of two lines", "title: \"a\\nb\"\nmain: []\n", "1:8: expected a title of one line, not 'a\\nb'");
        addMistake("steps are no list", "main: x\n", "1:7: expected a list of steps, not 'x'");
        addMistake("step is a text", asMain("  - x\n"), "2:5: expected a step such as 'print: TEXT', not 'x'");
        addMistake("two verbs", asMain("  - {print: x, sleep: 1s}\n"), "2:5: expected a step with one verb, not 2");
        addMistake("unknown verb", asMain("  - prnt: x\n"), "2:5: expected a verb, not 'prnt' (is it 'print'?)");
        addMistake("nothing like a verb", asMain("  - abracadabra: x\n"), "2:5: expected a verb, not 'abracadabra'");
        addMistake("no text", asMain("  - print:\n"), "2:5: expected a text, not nothing");
        addMistake("list for a text", asMain("  - print: [x]\n"), "2:12: expected a text, not a list");
        addMistake("key of a verb", asMain("  - print: {text: x, flsh: no}\n"),
            "2:22: expected the key text, flush or stream, not 'flsh'");
        addMistake("missing key", asMain("  - repeat: {variable: n, from: 1, steps: []}\n"),
            "2:13: expected the key 'to' as well");
        addMistake(
            "stream", asMain("  - print: {text: x, stream: out}\n"), "2:30: expected stdout or stderr, not 'out'");
        addMistake("flag", asMain("  - print: {text: x, flush: maybe}\n"), "2:29: expected yes or no, not 'maybe'");
        addMistake(
            "duration", asMain("  - sleep: soon\n"), "2:12: expected a duration such as 100ms or 3s, not 'soon'");
        addMistake("duration without unit", asMain("  - sleep: 5\n"),
            "2:12: expected a duration such as 100ms or 3s, not '5'");
        addMistake("negative duration", asMain("  - sleep: -5s\n"),
            "2:12: expected a duration such as 100ms or 3s, not '-5s'");
        addMistake("long duration", asMain("  - sleep: 9000000s\n"),
            "2:12: expected a duration such as 100ms or 3s, not '9000000s'");
        addMistake("signal", asMain("  - on_signal: {signal: SIGTREM, action: ignore}\n"),
            "2:25: expected a signal such as SIGTERM or SIGKILL, not 'SIGTREM'");
        addMistake("short signal", asMain("  - on_signal: {signal: TERM, action: ignore}\n"),
            "2:25: expected a signal such as SIGTERM or SIGKILL, not 'TERM'");
        addMistake("action", asMain("  - on_signal: {signal: SIGTERM, action: x}\n"),
            "2:42: expected ignore or default, not 'x'");
        addMistake(
            "method", asMain("  - set_start_method: vfork\n"), "2:23: expected fork, spawn or forkserver, not 'vfork'");
        addMistake("exception", asMain("  - raise: {type: OSError, message: x}\n"),
            "2:19: expected the exception Exception, ValueError, TypeError, RuntimeError, AssertionError, "
            "AttributeError, "
            "EOFError or KeyboardInterrupt, not 'OSError'");
        addMistake("status", asMain("  - os_exit: 256\n"), "2:14: expected a whole number from 0 to 255, not '256'");
        addMistake("big number", asMain("  - exit: 99999999999\n"),
            "2:11: expected a whole number from -1000000000 to 1000000000, not '99999999999'");
        addMistake("huge float", asMain("  - call: {function: f, args: [1e999]}\n") + f,
            "2:32: expected a number that a double can hold, not '1e999'");
        addMistake("unknown function", asMain("  - call: g\n") + f,
            "2:11: expected a function of this file, not 'g' (is it 'f'?)");
        addMistake("arguments", asMain("  - call: f\n") + f, "2:11: expected 1 argument for 'f', not 0");
        addMistake("handler with parameters", asMain("  - on_signal: {signal: SIGTERM, call: f}\n") + f,
            "2:40: expected a function without parameters, as on_signal calls it without arguments, not 'f', which has "
            "1");
        addMistake(
            "unknown variable", asMain("  - start: p\n"), "2:12: expected a process or a thread made before, not 'p'");
        addMistake("variable of a text", asMain("  - print: \"{n}\"\n"), "2:12: expected a value made before, not 'n'");
        addMistake("nearly a variable", asMain(p + "  - start: pp\n") + f,
            "3:12: expected a process or a thread made before, not 'pp' (is it 'p'?)");
        addMistake("starting a lock", asMain("  - make: {lock: l}\n  - start: l\n"),
            "3:12: expected a process or a thread, not 'l', which is a lock");
        addMistake("showing a lock", asMain("  - make: {lock: l}\n  - print: \"{l}\"\n"),
            "3:12: expected a value, not 'l', which is a lock");
        addMistake("pid of a thread",
            asMain("  - thread: {thread: t, target: f, args: [1]}\n  - print: \"{t.pid}\"\n") + f,
            "3:12: expected a process, not 't', which is a thread");
        addMistake("two kinds", asMain(p + "  - make: {lock: p}\n") + f,
            "3:18: expected a variable for a lock, not 'p', which is a process");
        addMistake("handing over a process", asMain(p + "  - call: {function: f, args: [$p]}\n") + f,
            "3:32: expected None, True or False, a whole number, a number, a text, a lock, an event or a queue, not "
            "'p', "
            "which is a process");
        addMistake("parameter given a lock", asMain("  - make: {lock: l}\n  - call: {function: f, args: [$l]}\n") + f,
            "7:20: expected a value, not 'a', which is given a lock");
        addMistake("made in a try", asMain("  - try: {steps: [{make: {lock: l}}], catch: []}\n  - acquire: l\n"),
            "3:14: expected a variable made on every way to here, not 'l', which may not be");
        addMistake("made by a loop without rounds",
            asMain("  - repeat: {times: 0, steps: [{make: {lock: l}}]}\n  - acquire: l\n"),
            "3:14: expected a variable made on every way to here, not 'l', which may not be");
        addMistake("loop variable afterwards",
            asMain("  - repeat: {variable: n, to: 2, steps: []}\n  - print: \"{n}\"\n"),
            "3:12: expected a variable made on every way to here, not 'n', which may not be");
        addMistake("one loop in another",
            asMain("  - repeat: {variable: n, to: 2, steps: [{repeat: {variable: n, to: 2, steps: []}}]}\n"),
            "2:62: expected a new variable for the loop, not 'n'");
        for (const char* word : {"lambda", "template", "print", "pid", "int", "mp", "me", "help", "list", "max"}) {
            addMistake(word, asMain(std::string("  - make: {lock: ") + word + "}\n"),
                std::string(
                    "2:18: expected a variable's name that neither Python, C++ nor a text's fields use already, not '")
                    + word + "'");
        }
        addMistake("name of a function", asMain("  - make: {lock: f}\n") + f,
            "2:18: expected a variable's name that no function has, not 'f'");
        addMistake("no name", asMain("  - make: {lock: 9x}\n"),
            "2:18: expected a variable's name (a small letter, then letters, digits and _), not '9x'");
        addMistake("function called main", "main: []\nfunctions: {main: []}\n",
            "2:13: expected a function's name that neither Python, C++ nor a text's fields use already, not 'main'");
        addMistake("parameter twice", "main: []\nfunctions: {f: {parameters: [a, a], steps: []}}\n",
            "2:33: expected each parameter once, not 'a'");
        addMistake("brace", asMain("  - print: \"a { b\"\n"),
            "2:12: expected fields such as {name}, and {{ or }} for a brace, not 'a { b'");
        addMistake("member", asMain(p + "  - print: \"{p.size}\"\n") + f,
            "3:12: expected name, pid, daemon, exitcode or is_alive after the point, not '{p.size}'");
        addMistake("error outside", asMain("  - print: \"{error}\"\n"), "2:12: expected {error} within catch only");
        addMistake("quoted variable", asMain("  - call: {function: f, args: [\"$n\"]}\n") + f,
            "2:32: expected a variable without quotes around it, not '$n'");
        addMistake("command", asMain("  - run_command: true\n"),
            "2:18: expected a list of a command and its arguments, not 'true'");
        addMistake("empty command", asMain("  - run_command: []\n"),
            "2:18: expected a list of a command and its arguments, not an empty list");
        addMistake("number in quotes", asMain("  - repeat: {times: \"5\", steps: []}\n"),
            "2:21: expected a whole number, not the text '5'");
        addMistake("truth in quotes", asMain("  - print: {text: x, flush: \"no\"}\n"),
            "2:29: expected yes or no, not the text 'no'");
        addMistake("no second quote", "title: \"x\nmain:\n  - print: a\n",
            "1:8: expected another \" at the end of the text that begins here");
        addMistake("no second apostrophe", asMain("  - print: 'it''s\n  - print: x\n"),
            "2:12: expected another ' at the end of the text that begins here");
        addMistake("no second quote behind an escape", asMain("  - print: \"a \\\"\n"),
            "2:12: expected another \" at the end of the text that begins here");
        addMistake("no second quote behind a mark of the byte order", "\xef\xbb\xbfmain: [print: 'x]\n",
            "1:15: expected another ' at the end of the text that begins here");
        for (const char* signal : {"SIGKILL", "SIGSTOP"}) {
            addMistake(signal, asMain(std::string("  - on_signal: {action: ignore, signal: ") + signal + "}\n"),
                std::string("2:41: expected a signal that a process may handle or ignore, not ") + signal
                    + ", which always has its effect");
        }
        addMistake("no shared thing", asMain("  - make: {pipe: x}\n"),
            "2:11: expected a mapping with lock, event or queue, not a mapping");
        addMistake("anchor", "main: &a []\n", "1:7: expected a file without anchors and aliases");
        addMistake("tag", "main: !!seq []\n", "1:7: expected a file without tags such as 'tag:yaml.org,2002:seq'");
        addMistake("key twice", "main: []\nmain: []\n", "2:1: expected each key once, not 'main' again");
        addMistake("key is a list", "? [a]\n: b\n", "1:3: expected a word as the key, not a list");
        addMistake("two documents", "main: []\n---\nmain: []\n", "2:1: expected one YAML document, not a second one");
        addMistake("NUL", std::string("main: [\0]", 9), "1:8: expected a text without the character NUL");
        addMistake("escaped NUL", "title: \"\\0\"\nmain: []\n", "1:8: expected a text without the character NUL");
        addMistake("not UTF-8", "title: \xff\nmain: []\n", "1:8: expected UTF-8, not the byte 255");
        addMistake("empty", "", " expected a scenario, not an empty file");
        addMistake("too big", std::string(300'000, ' '), " expected a scenario of at most 256 KiB, not 300000 bytes");
        std::string deep = "main: ";
        for (int i = 0; i < 40; ++i)
            deep += "[";
        addMistake("too deep", deep + std::string(40, ']'), "1:38: expected at most 32 levels of nesting");
        std::string many = "main:\n";
        for (int i = 0; i <= 2000; ++i)
            many += "  - exit:\n";
        addMistake("too many steps", many, "2002:5: expected at most 2000 steps");
    }
    void mistakesAreToldWithTheirPlace()
    {
        QFETCH(const QByteArray, yaml);
        QFETCH(const QByteArray, message);
        const auto read = readScenario(yaml.toStdString(), "f.yaml");
        QVERIFY(!read.ok());
        QCOMPARE(QByteArray::fromStdString(read.error().message), message);
    }

    void anythingIsReadOrRefused_data()
    {
        QTest::addColumn<QByteArray>("unit");
        for (const char* unit : {"[", "{", "- ", "[a,", "{a: ", "? ", "\"", "'", "&a ", "!a ", "*a ", "|", "%", ": ",
                 "\n- ", "a: b\n", "main: [", "\\", "\xf0\x9f\x92\xa9", "\xe2\x80\xae", "x", "\t", "\r\n", "- - ", "{{",
                 "[]", "%YAML 9\n"})
            QTest::newRow(unit) << QByteArray(unit);
    }
    void anythingIsReadOrRefused()
    {
        QFETCH(const QByteArray, unit);
        for (const char* before : {"", "main: ", "main:\n  - print: "}) {
            for (const int bytes : {1, 100, 10'000, 250'000}) {
                std::string yaml = before;
                while (yaml.size() < static_cast<std::size_t>(bytes))
                    yaml += unit.toStdString();
                const auto read = readScenario(yaml, "f.yaml");
                if (!read.ok()) {
                    QVERIFY(read.error().message.starts_with("f.yaml:"));
                    QVERIFY(read.error().message.size() < 500);
                }
            }
        }
    }

    void randomBytesAndDamagedFilesAreReadOrRefused()
    {
        std::ifstream file(everyVerb);
        const std::string good((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        QVERIFY(good.size() > 1000);
        std::mt19937 random(7); // the same each time
        const auto below = [&](std::size_t limit) { return random() % limit; };
        int refused = 0;
        for (int round = 0; round < 300; ++round) {
            std::string yaml = good;
            const std::size_t changes = 1 + below(5);
            for (std::size_t i = 0; i < changes; ++i) {
                if (below(3) == 0)
                    yaml.erase(below(yaml.size() - 50), below(50));
                else
                    yaml[below(yaml.size())] = static_cast<char>(below(256));
            }
            const auto read = readScenario(yaml, "f.yaml");
            refused += read.ok() ? 0 : 1;
            std::string noise(below(2000), '\0');
            for (char& c : noise)
                c = static_cast<char>(below(round % 2 == 0 ? 256 : 128));
            QVERIFY(!readScenario(noise, "f.yaml").ok());
        }
        QVERIFY(refused > 100);
    }

    void filesThatCannotBeRead()
    {
        QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("none.yaml")).toStdString();
        const auto read = readScenarioFile(path);
        QVERIFY(!read.ok());
        QCOMPARE(read.error().message, "cannot open '" + path + "': No such file or directory");
        QVERIFY(!readScenarioFile(folder.path().toStdString()).ok());
    }
};

QTEST_GUILESS_MAIN(TestScenarioReader)
#include "tst_scenarioreader.moc"
