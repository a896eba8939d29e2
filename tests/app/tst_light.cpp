// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings without ptrace: asked for, or because the kernel refuses it. All processes and ends are there, and what
// could not be seen is said.

#include "trial.h"
#include "trialfacts.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <algorithm>
#include <filesystem>
#include <unistd.h>

using daemonscope::Event;
using trial::RecordingFacts;
using trial::Words;
namespace payload = daemonscope::payload;

namespace {

template <class Payload> const Payload* find(const RecordingFacts& facts)
{
    for (const Event& event : facts.events) {
        if (const auto* found = std::get_if<Payload>(&event.payload))
            return found;
    }
    return nullptr;
}

bool isAvailable(const payload::CaptureStatement& statement, const std::string& what)
{
    return std::any_of(statement.abilities.begin(), statement.abilities.end(),
        [&what](const payload::Ability& ability) { return ability.what == what && ability.available; });
}

QByteArrayList sortedEnds(const RecordingFacts& facts)
{
    QByteArrayList ends = facts.ends().split(',');
    for (QByteArray& end : ends)
        end = end.trimmed();
    std::sort(ends.begin(), ends.end());
    return ends;
}

} // namespace

class LightTest : public QObject {
    Q_OBJECT

private:
    /// Records where `denied` is refused, "" for nothing.
    RecordingFacts record(const QByteArray& denied, const Words& command, Words options = {"--output=pipe"})
    {
        trial::Setup setup = bench_.recorded({command}, std::move(options));
        if (!denied.isEmpty())
            setup.command.insert(setup.command.begin(), {trial::fixture("deny"), denied.toStdString()});
        outcome_ = trial::run(setup);
        RecordingFacts facts = RecordingFacts::read(bench_.recording());
        const auto* started = find<payload::RecordingStarted>(facts);
        means_ = started ? QByteArray::fromStdString(started->kernelMeans) : "no recording";
        return facts;
    }

    trial::Bench bench_;
    trial::Outcome outcome_;
    QByteArray means_;

private Q_SLOTS:
    void means_data()
    {
        QTest::addColumn<QByteArray>("denied");
        QTest::addColumn<QByteArray>("option");
        QTest::addColumn<QByteArray>("means");
        QTest::newRow("asked for") << QByteArray{} << QByteArray{"--no-ptrace"} << QByteArray{"cn_proc"};
        QTest::newRow("ptrace refused") << QByteArray{"ptrace"} << QByteArray{} << QByteArray{"cn_proc"};
        QTest::newRow("without cn_proc") << QByteArray{"ptrace,netlink"} << QByteArray{} << QByteArray{"perf"};
        QTest::newRow("without all") << QByteArray{"ptrace,netlink,perf"} << QByteArray{} << QByteArray{"none"};
    }
    void means()
    {
        QFETCH(const QByteArray, denied);
        QFETCH(const QByteArray, option);
        QFETCH(const QByteArray, means);
        Words options{"--output=pipe"};
        if (!option.isEmpty())
            options.push_back(option.toStdString());
        const RecordingFacts facts =
            record(denied, {"/bin/sh", "-c", "echo one; (exit 4); echo two | cat; exit 3"}, options);
        QCOMPARE(outcome_.end(), QByteArray{"exit 3"});
        QCOMPARE(outcome_.out, QByteArray{"one\ntwo\n"});
        QCOMPARE(outcome_.err.contains("does not let daemonscope trace"), denied.contains("ptrace"));
        QCOMPARE(outcome_.err.count('\n'), denied.contains("ptrace") ? 1 : 0);
        if (means != "none" && means_ != means)
            QSKIP("this kernel does not grant that means here");
        QCOMPARE(means_, means);
        QCOMPARE(facts.state, daemonscope::RecordingReader::State::Closed);
        const auto* statement = find<payload::CaptureStatement>(facts);
        QVERIFY(statement);
        QVERIFY(!isAvailable(*statement, "signals"));
        QCOMPARE(isAvailable(*statement, "lives"), means != "none");
        QCOMPARE(isAvailable(*statement, "exit-status"), means == "cn_proc");
        QCOMPARE(isAvailable(*statement, "output"), true);
        QCOMPARE(facts.at(0).end(), QByteArray{"exit 3"});
        if (means == "none")
            return;
        for (const auto& [serial, process] : facts.processes) {
            QCOMPARE(process.births, 1);
            QCOMPARE(process.ends, 1);
            QVERIFY(!process.wroteAfterEnd);
            QCOMPARE(process.parent.has_value(), serial != 0);
        }
        if (means == "cn_proc")
            QCOMPARE(sortedEnds(facts).count("exit 4"), 1);
    }

    void python_data()
    {
        QTest::addColumn<QByteArray>("method");
        for (const char* const method : {"fork", "spawn", "forkserver"})
            QTest::newRow(method) << QByteArray{method};
    }
    void python()
    {
        QFETCH(const QByteArray, method);
        QFile script{QString::fromStdString(bench_.path("three.py"))};
        QVERIFY(script.open(QIODevice::WriteOnly));
        script.write("import multiprocessing, sys\n"
                     "def work(code):\n"
                     "    print('working', flush=True)\n"
                     "    sys.exit(code)\n"
                     "if __name__ == '__main__':\n"
                     "    multiprocessing.set_start_method(sys.argv[1])\n"
                     "    children = [multiprocessing.Process(target=work, args=(code,)) for code in (11, 12, 13)]\n"
                     "    for child in children: child.start()\n"
                     "    for child in children: child.join()\n");
        script.close();
        const RecordingFacts facts =
            record({}, {trial::python(), bench_.path("three.py"), method.toStdString()}, {"--no-ptrace"});
        QCOMPARE(outcome_.end(), QByteArray{"exit 0"});
        if (means_ != "cn_proc")
            QSKIP("this kernel does not tell of processes over cn_proc here");
        int children = 0;
        for (const auto& [serial, process] : facts.processes) {
            QVERIFY2(process.births >= 1, "the kernel tells of the birth, whoever speaks first");
            QCOMPARE(process.ends, 1);
            QVERIFY(!process.wroteAfterEnd);
            if (process.out.isEmpty())
                continue;
            ++children;
            QCOMPARE(process.out, QByteArray{"working\n"});
            QVERIFY(process.end().startsWith("exit 1"));
        }
        QCOMPARE(children, 3);
        for (const char* const end : {"exit 11", "exit 12", "exit 13"})
            QCOMPARE(sortedEnds(facts).count(end), 1);
    }

    void missingProgramLeavesNothing()
    {
        const trial::Outcome outcome = bench_.record({{"no-such-program"}}, {"--no-ptrace"});
        QCOMPARE(outcome.end(), QByteArray{"exit 127"});
        QVERIFY(outcome.err.contains("was not found"));
        QTRY_VERIFY_WITH_TIMEOUT(bench_.leftovers().empty(), 60000);
    }

    void setUidProgramsKeepTheirRights()
    {
        if (::geteuid() != 0)
            QSKIP("only root can make a set-uid program and become another user");
        const std::string folder = bench_.path("open");
        std::filesystem::create_directory(folder);
        for (const std::string& each : {bench_.path("."), folder, bench_.runtimeFolder().toStdString()})
            std::filesystem::permissions(each, std::filesystem::perms::all);
        const std::string program = folder + "/whoami";
        std::filesystem::copy_file("/usr/bin/id", program);
        std::filesystem::permissions(program, std::filesystem::perms::set_uid | std::filesystem::perms{0755});
        const Words nobody{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
        Words plain = nobody;
        plain.insert(plain.end(), {program, "-u"});
        if (trial::run({plain}).out != "0\n")
            QSKIP("a set-uid program has no effect here (setpriv is missing, or the folder is mounted without suid)");
        Words able = nobody;
        able.insert(able.end(), {trial::recorderProgram(), "--version"});
        if (trial::run({able}).exitCode != 0)
            QSKIP("another user cannot reach the recorder's folder");
        Words words = nobody;
        words.insert(words.end(),
            {trial::recorderProgram(), "--force", "-o", folder + "/a.dscope", "--no-ptrace", "--", program, "-u"});
        trial::Setup setup;
        setup.command = words;
        setup.environment.push_back("XDG_RUNTIME_DIR=" + folder);
        const trial::Outcome outcome = trial::run(setup);
        QCOMPARE(outcome.out, QByteArray{"0\n"});
        const RecordingFacts facts = RecordingFacts::read(folder + "/a.dscope");
        QCOMPARE(facts.at(0).end(), QByteArray{"exit 0"});
    }
};

QTEST_GUILESS_MAIN(LightTest)
#include "tst_light.moc"
