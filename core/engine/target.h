// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/arguments.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace daemonscope::engine {

/// What a process or a thread runs. A callable without a name runs wherever this process's memory is: in its threads
/// and in its forks. To run in a process that starts afresh (spawn, forkserver) it needs a name under which that
/// process finds it again: registerTarget().
class Target {
public:
    using Function = std::function<void(const Arguments&)>;

    Target() = default; ///< no target: the process ends at once with exit code 0
    /// A callable without arguments, and without a name.
    template <class F>
    requires(std::is_invocable_v<F> && !std::is_same_v<std::remove_cvref_t<F>, Target>) Target(F function)
        : body_(std::make_shared<const Body>(Body{{}, [f = std::move(function)](const Arguments& given) {
                                                      checkArgumentCount("<lambda>", 0, given.size());
                                                      f();
                                                  }}))
    {
    }
    /// `function` under `name`, without registering it.
    Target(std::string name, Function function)
        : body_(std::make_shared<const Body>(Body{std::move(name), std::move(function)}))
    {
    }

    [[nodiscard]] explicit operator bool() const { return body_ != nullptr; }
    /// The name it was registered under; empty for one without. As long as a copy of this target lives.
    [[nodiscard]] std::string_view name() const { return body_ ? body_->name : std::string_view(); }
    void operator()(const Arguments& arguments) const { body_->function(arguments); }

private:
    struct Body {
        std::string name;
        Function function;
    };
    std::shared_ptr<const Body> body_;
};

/// Makes `function` known by `name` to every process of this executable. Call it while static objects are initialised
/// (a constant at namespace scope), or at the latest before runMain(): a spawned process looks the name up in
/// runMain(). The last registration of a name counts.
Target registerTarget(std::string name, Target::Function function);

/// The same for a function with parameters: `const Target count = registerTarget("count", countTo)`.
template <class... P> Target registerTarget(std::string name, void (*function)(P...))
{
    auto call = [name, function](const Arguments& given) {
        checkArgumentCount(name, sizeof...(P), given.size());
        [&]<std::size_t... I>(std::index_sequence<I...>)
        {
            function(given[I].template as<std::remove_cvref_t<P>>()...);
        }
        (std::index_sequence_for<P...>{});
    };
    return registerTarget(std::move(name), Target::Function(std::move(call)));
}

/// The target registered under `name`, else what the resolver makes of it; none if there is none.
Target findTarget(const std::string& name);
/// For programs whose functions are not known when they are compiled: `resolver` is asked, in a process that starts
/// afresh, for a name that is not registered; programArguments() are set by then. Set it before runMain().
void setTargetResolver(std::function<Target(const std::string& name)> resolver);

} // namespace daemonscope::engine
