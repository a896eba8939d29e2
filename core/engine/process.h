// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/errors.h"
#include "engine/parentprocess.h"
#include "engine/target.h"
#include "engine/where.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace daemonscope::engine {

class Context;
class ProcessBody;

/// How a process object is made; what is left out has the default of Python's constructor.
struct ProcessOptions {
    Target target = {};
    Arguments args = {};
    std::string name = {};           ///< empty: class name and number, "Process-1:2"
    std::optional<bool> daemon = {}; ///< empty: inherited from the process that makes the object
};

/// A process object, with the semantics of multiprocessing.Process of CPython 3.11 (Lib/multiprocessing/process.py). It
/// exists before its process and after it. It belongs to the process that made it; what others may do with it is
/// said at each call. Always held by shared_ptr, as the exit sequence holds on to children nobody else refers to: make
/// one with process(), Context::process() or make<T>().
///
/// Where nothing else is said, a call on a closed object throws ValueError "process object is closed". All calls may be
/// made from any thread, but two threads may not use one object at the same time, except for name, flag and key, which
/// the current process's threads look up with every start. `where` is only told to daemonscope.
class Process : public std::enable_shared_from_this<Process> {
public:
    explicit Process(ProcessOptions options = {}, Where where = Where::current());
    virtual ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// What the new process does: calls the target. A subclass may replace it. Called by hand it runs here; throws
    /// AttributeError after start(), which gives the target away, as Python does.
    virtual void run();

    /// Starts the process with the start method of the object's context. Returns when it exists.
    /// Throws, in this order: ValueError (closed), AssertionError "cannot start a process twice", "can only start a
    /// process object created by current process", "daemonic processes are not allowed to have children", PicklingError
    /// (spawn and forkserver: target or class not registered), OSError. RuntimeError if no shared_ptr holds the object;
    /// with spawn and forkserver also before runMain() has taken over ("An attempt has been made to start a new process
    /// before the current process has finished its bootstrapping phase"), and for arguments that were made for fork.
    void start(Where where = Where::current());
    /// Waits for the end. Throws AssertionError "can only join a child process", "can only join a started process";
    /// KeyboardInterrupt.
    void join(Where where = Where::current()) { joinProcess(std::nullopt, where); }
    /// The same for at most `timeout`; exitCode() tells whether it ended. Zero or less: looks once.
    void join(std::chrono::nanoseconds timeout, Where where = Where::current()) { joinProcess(timeout, where); }
    /// Sends SIGTERM, once, and does not wait. Nothing happens if the end has been seen. Throws AttributeError before
    /// start(); OSError if the kernel refuses (PermissionError). Any process that has the object may do it, not only
    /// the parent.
    void terminate(Where where = Where::current());
    /// The same with SIGKILL.
    void kill(Where where = Where::current());
    /// Frees what the object holds. Throws ValueError while the process runs. Closing twice is fine.
    void close(Where where = Where::current());

    /// Whether it runs (stopped counts as running). Reaps it if it has ended. Throws AssertionError "can only test a
    /// child process".
    [[nodiscard]] bool isAlive();
    /// Nothing before start() and while it runs; then 0..255, or minus the number of the signal it died of. Reaps.
    [[nodiscard]] std::optional<int> exitCode();
    /// Nothing before start().
    [[nodiscard]] std::optional<int> pid() const;
    [[nodiscard]] std::optional<int> ident() const { return pid(); }
    /// A descriptor that becomes readable when the process has ended. It stays the object's. Throws ValueError "process
    /// not started". A fork of the child holds the other end too: it is readable when that has ended as well.
    [[nodiscard]] int sentinel() const;

    /// Works on closed objects too.
    [[nodiscard]] std::string name() const;
    /// Any name, also an empty one.
    void setName(std::string name, Where where = Where::current());
    /// The flag, or what a subclass says: the exit sequence asks this, while start() asks the flag of the current
    /// process. Works on closed objects too.
    [[nodiscard]] virtual bool daemon() const;
    /// Throws AssertionError "process has already started" once started; accepted on the current process, also main.
    void setDaemon(bool daemon, Where where = Where::current());
    [[nodiscard]] std::string authKey() const;
    void setAuthKey(std::string key);
    /// `<Process name='P' pid=7 parent=5 started daemon>`, as Python's repr().
    [[nodiscard]] std::string repr();
    /// The class as Python would name it: "Process", "SpawnProcess", or the subclass's own name without namespaces.
    [[nodiscard]] virtual std::string className() const;

    /// For the engine.
    [[nodiscard]] ProcessBody& body() const { return *body_; }
    explicit Process(std::unique_ptr<ProcessBody> body);

protected:
    /// join(), also as the exit sequence calls it; a subclass may replace it.
    virtual void joinProcess(std::optional<std::chrono::nanoseconds> timeout, Where where);

private:
    friend class ExitSequence;
    std::unique_ptr<ProcessBody> body_;
};

using ProcessPtr = std::shared_ptr<Process>;

/// A process object of the default context.
ProcessPtr process(ProcessOptions options, Where where = Where::current());
/// Tells daemonscope that the object was made; for make().
void announce(Process& process, Where where);
/// An object of a subclass: `make<Worker>(arguments of its constructor)`.
template <class T, class... A> std::shared_ptr<T> make(A&&... arguments)
{
    auto made = std::make_shared<T>(std::forward<A>(arguments)...);
    announce(*made, Where());
    return made;
}
/// Makes a subclass known to spawned processes: there it is made with its default constructor, then given name, flag,
/// target and arguments of the original. Its other members are not sent.
void registerProcessClass(std::string name, std::shared_ptr<Process> (*factory)());
template <class T> void registerProcessClass(std::string name)
{
    registerProcessClass(std::move(name), [] { return std::static_pointer_cast<Process>(std::make_shared<T>()); });
}

/// The object of the process that asks; in a program's first process one called MainProcess.
[[nodiscard]] ProcessPtr currentProcess();
/// Own children that were started and not seen to end, in no order. Reaps those that have ended.
[[nodiscard]] std::vector<ProcessPtr> activeChildren();

} // namespace daemonscope::engine
