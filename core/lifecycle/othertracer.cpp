// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/othertracer.h"

#include "lifecycle/terms.h"

#include <algorithm>

namespace daemonscope {
namespace {

/// How many processes are looked at to find the tracer: bounds the work on a recording of a million.
constexpr std::size_t kMostLookedAt = 4096;

using Request = Since<payload::ControlRequested>;

bool isTrace(const Request& request)
{
    return request.value.request == "trace";
}

OtherTracer tracerOf(const ProcessTree& tree, const Process& traced, const Request& request)
{
    const auto isIt = [&request](const Process& process) {
        return process.id.pid == request.value.peerPid && process.born <= request.time
            && (!process.ended || *process.ended >= request.time);
    };
    OtherTracer tracer{request.value.peerPid, std::nullopt};
    // Mostly the one that made it.
    if (traced.kernelParent && isIt(tree.at(*traced.kernelParent))) {
        tracer.process = traced.kernelParent;
        return tracer;
    }
    const auto& all = tree.processes();
    const auto index = static_cast<std::size_t>(traced.index);
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(index - std::min(index, kMostLookedAt));
    const auto last = all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), index + kMostLookedAt));
    if (const auto found = std::find_if(first, last, isIt); found != last)
        tracer.process = found->index;
    return tracer;
}

} // namespace

std::optional<OtherTracer> otherTracer(const ProcessTree& tree, const Process& process)
{
    const auto& requests = tree.requests();
    const auto traces = static_cast<std::size_t>(std::count_if(requests.begin(), requests.end(), isTrace));
    if (traces == 0)
        return std::nullopt;
    const std::size_t mostAncestors = 1 + kMaximumRequests / traces; // bounds the work, too
    const Process* each = &process;
    for (std::size_t step = 0; step < mostAncestors; ++step) {
        const auto request = std::find_if(requests.begin(), requests.end(), [&](const Request& known) {
            return isTrace(known) && known.value.target == each->id && (each == &process || known.time <= process.born);
        });
        if (request != requests.end())
            return tracerOf(tree, *each, *request);
        const bool isFirst = each->index == 0;
        if (isFirst && requests.size() < kMaximumRequests)
            return std::nullopt;
        if (isFirst || !each->kernelParent)
            break;
        each = &tree.at(*each->kernelParent);
    }
    return OtherTracer{}; // where it comes from is not known, or not all requests are: it may be one of them
}

std::string nameOfTracer(const ProcessTree& tree, const Process& process, const OtherTracer& tracer)
{
    if (tracer.process)
        return terms::nameBeside(tree.at(*tracer.process), process);
    return tracer.pid > 0 ? "process " + std::to_string(tracer.pid) : std::string("a debugger");
}

} // namespace daemonscope
