// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "startmethodscenes.h"

#include "engine/engine.h"
#include "engine/errors.h"

#include <QByteArrayList>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

using namespace daemonscope::engine;

namespace {

QByteArray textOf(const std::string& path)
{
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
}

/// A run of a scene: of this executable, with all processes that come of it.
struct Run {
    QByteArrayList said; ///< lines of standard output
    QByteArray errors;   ///< standard error
    int status = -1;     ///< of the first process, as from waitpid()
    bool leftNothing = false;
};

/// Waits for the end of the first process and of all that it left behind; this process is their subreaper. What runs
/// after the limit is killed, and told.
bool awaitAll(pid_t first, int& firstStatus)
{
    const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(4);
    for (;;) {
        int status = 0;
        const pid_t ended = ::waitpid(-1, &status, WNOHANG);
        if (ended == first)
            firstStatus = status;
        if (ended < 0 && errno == ECHILD)
            return true;
        if (ended != 0)
            continue;
        if (std::chrono::steady_clock::now() > limit) {
            ::kill(-first, SIGKILL);
            while (::waitpid(-1, nullptr, 0) > 0) { }
            return false;
        }
        QTest::qSleep(1);
    }
}

Run runProgram(const std::vector<std::string>& words)
{
    const QTemporaryDir folder;
    const std::string path = folder.path().toStdString();
    const std::array files{path + "/out", path + "/err"};
    std::vector<std::string> command{QCoreApplication::applicationFilePath().toStdString()};
    command.insert(command.end(), words.begin(), words.end());
    std::vector<char*> pointers;
    for (std::string& word : command)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    constexpr int flags = O_CREAT | O_WRONLY | O_APPEND;
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, files[0].c_str(), flags, 0600);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, files[1].c_str(), flags, 0600);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    pid_t pid = 0;
    Run run;
    if (::posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, pointers.data(), environ) == 0) {
        run.leftNothing = awaitAll(pid, run.status);
        run.said = textOf(files[0]).split('\n');
        run.said.removeAll(QByteArray());
        run.errors = textOf(files[1]);
    }
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    return run;
}

Run runScene(const char* scene, const char* method)
{
    return runProgram({"--scene", scene, method});
}

int runAsScene(int argc, char** argv)
{
    // A program that starts processes before runMain() would do it again in each.
    if (argc > 2 && std::string_view(argv[2]) == "early") {
        try {
            Context::of(argv[3]).process({})->start();
        } catch (const RuntimeError& error) {
            say("before runMain()", error.message().substr(0, 47));
        }
        return 0;
    }
    return runMain(argc, argv, [&] { startMethodScenes().at(argv[2])(Context::of(argv[3])); });
}

} // namespace

class TestStartMethods : public QObject {
    Q_OBJECT

    /// A scene's whole output, and that nothing is left of it.
    static void compare(const Run& run, const QByteArrayList& expected)
    {
        QCOMPARE(run.said, expected);
        QVERIFY2(run.leftNothing, "something ran on");
        QVERIFY(WIFEXITED(run.status));
        QCOMPARE(WEXITSTATUS(run.status), 0);
    }
    static void addMethods()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::newRow("spawn") << QByteArray("spawn");
        QTest::newRow("forkserver") << QByteArray("forkserver");
    }
    static Run runScene(const char* scene)
    {
        QFETCH(QByteArray, method);
        return ::runScene(scene, method.constData());
    }
    static bool isSpawn()
    {
        QFETCH(QByteArray, method);
        return method == "spawn";
    }

private Q_SLOTS:
    void initTestCase() { QCOMPARE(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0); }

    void exitCodes_data() { addMethods(); }
    void exitCodes()
    {
        const Run run = runScene("exitCodes");
        compare(run,
            {"return = 0", "exit() = 0", "exit 0 = 0", "exit 7 = 7", "exit 255 = 255", "exit 256 = 0", "exit 300 = 44",
                "exit -1 = 255", "exit -9 = 247", "exit('bye') = 1", "exit('') = 1", "exception = 1",
                "std::exception = 1", "KeyboardInterrupt = 1", "osExit 9 = 9", "osExit -1 = 255", "abort = -6",
                "raise 15 = -15", "raise 9 = -9", "raise 11 = -11", "raise 10 = -10", "raise 1 = -1", "raise 13 = 0",
                "raise 2 = 1", "no target = 0", "runs = True", "ended by = -15", "runs = True", "ended by = -9"});
        const QByteArray traceback = "Process P:\nTraceback (most recent call last):\n";
        QCOMPARE(run.errors,
            "bye\n\n" + traceback + "ValueError: boom\n" + traceback + "std::logic_error: boom\n" + traceback
                + "KeyboardInterrupt\n" + traceback + "KeyboardInterrupt\n");
    }
    void names_data() { addMethods(); }
    void names()
    {
        const QByteArray cls = isSpawn() ? "Spawn" : "ForkServer";
        const QByteArray method = isSpawn() ? "spawn" : "forkserver";
        const QByteArray isChild = isSpawn() ? "True" : "False";
        const auto who = [&](const QByteArray& key, const QByteArray& name, const QByteArray& parent,
                             const QByteArray& ofMain, const QByteArray& daemon, const QByteArray& defaultMethod) {
            return QByteArrayList{key + ": name = " + name, key + ": parent = " + parent,
                key + ": parent's pid is the creator's = True", key + ": parent is alive = True",
                key + ": kernel's parent is the creator = " + isChild, key + ": main is the creator = " + ofMain,
                key + ": default method = " + defaultMethod, key + ": authkey = True", key + ": daemon = " + daemon,
                key + ": children = 0"};
        };
        QByteArrayList expected = who("child", cls + "Process-1", "Main!", "True", "False", method);
        expected << who("grandchild", "Process-1:1", cls + "Process-1", "False", "False", method);
        expected << "grandchild's exit code = 0"
                 << "child's exit code = 0";
        expected << who("child", "D", "Main!", "True", "True", method);
        expected << "daemon's exit code = 1"
                 << "class = SceneWorker" << who("worker", "SceneWorker-3", "Main!", "True", "False", method)
                 << "worker's exit code = 0";
        const Run run = runScene("names");
        compare(run, expected);
        QVERIFY(run.errors.endsWith("AssertionError: daemonic processes are not allowed to have children\n"));
    }
    void unpicklable_data() { addMethods(); }
    void unpicklable()
    {
        const Run run = runScene("unpicklable");
        compare(run,
            {"start with a lambda = PicklingError: Can't pickle <function <lambda> at ADDR>: attribute lookup <lambda> "
             "on __main__ failed",
                "pid = None", "listed = False", "exit code after repair = 0", "target that only main knows = 1",
                "lock made for fork = A SemLock created in a fork context is be"});
        QCOMPARE(run.errors,
            "Traceback (most recent call last):\nAttributeError: Can't get attribute 'unknown' on <module "
            "'__main__' (built-in)>\n");
    }
    void sharing_data() { addMethods(); }
    void sharing()
    {
        const Run run = runScene("sharing");
        compare(run,
            {"lock is free = False", "event is set = False", "the queue came once = True", "plain values = True",
                "first value = True", "event came = True", "value came = True", "exit code = 0",
                "a lock in a queue = Lock objects should only be shared between processes through inheritance"});
        QCOMPARE(run.errors, QByteArray());
    }
    void contexts()
    {
        const Run run = ::runScene("contexts", "spawn");
        QVERIFY(run.leftNothing);
        QByteArrayList parents;
        for (const QByteArray& line : run.said) {
            if (line.contains("kernel's parent") || line.contains("default method"))
                parents << line;
        }
        const auto lines = [](const QByteArray& method, const QByteArray& isChild) {
            return QByteArrayList{
                method + ": kernel's parent is the creator = " + isChild, method + ": default method = " + method};
        };
        const QByteArrayList forked = lines("fork", "True");
        const QByteArrayList spawned = lines("spawn", "True");
        const QByteArrayList served = lines("forkserver", "False");
        QCOMPARE(parents, spawned + forked + served + forked + spawned + served);
    }
    void serverThatWasKilled()
    {
        const Run run = ::runScene("killedServer", "forkserver");
        compare(run,
            {"normal = 6", "server is a child of main = True", "server ignores SIGINT = True",
                "exit code after the server was killed = 255", "worker lives on = True", "new server = True",
                "exit code from the new one = -15"});
        QCOMPARE(run.errors, QByteArray());
    }
    void signalDispositions_data() { addMethods(); }
    void signalDispositions()
    {
        const auto lines = [](const QByteArray& key, const QByteArray& term, const QByteArray& blocked) {
            return QByteArrayList{key + ": TERM = " + term, key + ": INT = handler", key + ": CHLD = default",
                key + ": blocked = " + blocked};
        };
        QByteArrayList expected = lines("handler", "default", "");
        expected << lines("ignored", isSpawn() ? "ignored" : "default", "");
        expected << lines("mask", "default", isSpawn() ? QByteArray::number(SIGUSR2) + " " : "");
        compare(runScene("signals"), expected);
        const Run later = runScene("ignoredAtServerStart");
        compare(later, lines("later", isSpawn() ? "default" : "ignored", ""));
    }
    void surroundings_data() { addMethods(); }
    void surroundings()
    {
        compare(runScene("surroundings"),
            {"environment of the first start = first",
                QByteArray("environment since then = ") + (isSpawn() ? "later" : "None"), "folder = /",
                "arguments = True", "main's other descriptor = False"});
    }
    void endings_data() { addMethods(); }
    void endings()
    {
        // A fork server's children end like forks: finalizers run, atexit handlers do not (H03).
        QByteArrayList expected{"finalizer = of the child"};
        if (isSpawn())
            expected << "handler = of the child";
        expected << "exit code = 0"
                 << "handler = of MainProcess";
        compare(runScene("endings"), expected);
    }
    void threadExit_data() { addMethods(); }
    void threadExit()
    {
        // As endings(): pthread_exit() in a child's main thread ends it in order.
        QByteArrayList once{"finalizer = of the child"};
        if (isSpawn())
            once << "handler = of the child";
        const Run run = runScene("threadExit");
        compare(run, once + QByteArrayList{"exit code = 0"} + once + QByteArrayList{"with a daemon = 0"});
        QCOMPARE(run.errors, QByteArray());
    }
    void sentinels_data() { addMethods(); }
    void sentinels()
    {
        compare(runScene("sentinels"),
            {"child has ended = 0", QByteArray("sentinel while its fork lives = ") + (isSpawn() ? "False" : "True"),
                "sentinel in the end = True"});
    }
    void helpers_data() { addMethods(); }
    void helpers()
    {
        const QByteArray server = " --multiprocessing-forkserver socket_fd=N ";
        const QByteArray spawned = " --multiprocessing-fork tracker_fd=N pipe_handle=N ";
        QByteArrayList expected{"child = " + (isSpawn() ? spawned : server),
            "helper =  --multiprocessing-tracker pipe_handle=N ", "tracker ignores SIGINT = True"};
        if (!isSpawn())
            expected << "helper = " + server;
        compare(runScene("helpers"), expected << "children = 1");
    }
    void theDeadLeaveNothing_data() { addMethods(); }
    void theDeadLeaveNothing()
    {
        const Run run = runScene("leak");
        QVERIFY(run.leftNothing);
        QVERIFY(WIFSIGNALED(run.status));
        QCOMPARE(run.said, QByteArrayList{"descriptors = one"}); // and nothing with a name
        QCOMPARE(run.errors,
            "UserWarning: resource_tracker: There appear to be 2 leaked semaphore objects to clean up at shutdown\n");
    }
    void startsOnlyInRunMain_data() { addMethods(); }
    void startsOnlyInRunMain()
    {
        const Run run = runScene("early");
        QCOMPARE(run.said, QByteArrayList{"before runMain() = An attempt has been made to start a new process"});
        QVERIFY(run.leftNothing);
    }
    void rolesAreNotForPeople()
    {
        for (const std::vector<std::string>& words :
            {std::vector<std::string>{"--multiprocessing-fork"}, {"--multiprocessing-fork", "tracker_fd=77", "x=78"},
                {"--multiprocessing-forkserver", "socket_fd=900"}, {"--multiprocessing-tracker", "pipe_handle=1x"}}) {
            const Run run = runProgram(words);
            QVERIFY(WIFEXITED(run.status));
            QCOMPARE(WEXITSTATUS(run.status), 2);
            QVERIFY(run.errors.endsWith(QByteArray("the option ") + words[0].c_str()
                + " is only for processes that the program itself starts\n"));
        }
    }
};

int main(int argc, char** argv)
{
    if (argc > 1 && std::string_view(argv[1]).starts_with("--multiprocessing"))
        return runMain(argc, argv, [] {});
    if (argc > 3 && std::string_view(argv[1]) == "--scene")
        return runAsScene(argc, argv);
    const QCoreApplication application(argc, argv);
    TestStartMethods test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_startmethods.moc"
