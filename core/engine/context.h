// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/process.h"
#include "engine/sync.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daemonscope::engine {

/// fork: the child is a copy. spawn: the program is executed afresh. forkserver: a copy of a server that was executed
/// afresh, once, at the first start.
enum class StartMethod { Fork, Spawn, ForkServer };

/// "fork", "spawn", "forkserver"
[[nodiscard]] std::string_view startMethodName(StartMethod method);

/// A start method with everything that is made by it (Lib/multiprocessing/context.py). Several may be used side by
/// side.
class Context {
public:
    /// The default context, whose start method is the one of setStartMethod(), or fork.
    static Context& standard();
    /// The context of a method. Throws ValueError "cannot find context for 'thread'".
    static Context& of(std::string_view method);
    static Context& of(StartMethod method);

    /// An object of the class ForkProcess, SpawnProcess or ForkServerProcess; of the default context: Process.
    ProcessPtr process(ProcessOptions options, Where where = Where::current());
    /// Things to share with processes of this context. They throw OSError if there is no room for them.
    [[nodiscard]] std::shared_ptr<Lock> lock();
    [[nodiscard]] std::shared_ptr<Event> event();
    [[nodiscard]] std::shared_ptr<Queue> queue();

    /// Of the default context: settles it, if nobody has set it yet, as Python's get_start_method() does.
    [[nodiscard]] StartMethod startMethod();
    /// Throws RuntimeError "context has already been set" unless `force`, and ValueError "cannot set start method of
    /// concrete context" or "cannot find context for 'x'".
    void setStartMethod(std::string_view method, bool force = false);

    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

private:
    explicit constexpr Context(std::optional<StartMethod> method)
        : method_(method ? static_cast<int>(*method) : unsettled)
    {
    }
    static constexpr int unsettled = -1; ///< the default context, before anybody asked
    std::atomic<int> method_;            ///< else a StartMethod; several threads may be the first to ask
};

/// Of the default context.
void setStartMethod(std::string_view method, bool force = false);
[[nodiscard]] StartMethod startMethod();
/// {"fork", "spawn", "forkserver"}: the first is the default.
[[nodiscard]] std::vector<std::string> allStartMethods();

} // namespace daemonscope::engine
