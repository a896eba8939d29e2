// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace daemonscope {

/// Translates pids as a process writes and reads them, which are those of its own pid namespace (pid_namespaces(7)),
/// into the recorder's. /proc is read once for each process that is asked about, never for a mere birth. Belongs to the
/// tracer's thread.
class PidNamespaces {
public:
    /// Where a process lives that is not in the recorder's namespace.
    struct Place {
        std::uint64_t space = 0;        ///< inode of its namespace
        std::vector<std::int32_t> pids; ///< its pids, from the recorder's namespace to its own
    };

    PidNamespaces();

    /// Nothing for a process of the recorder's own namespace, and for one that /proc does not know any more.
    const Place* placeOf(std::int32_t pid);
    /// Whom process `viewer` means by `number`; 0 if that is not known. `live`: who may be meant, besides those that
    /// have been asked about.
    std::int32_t translate(std::int32_t viewer, std::int32_t number, const std::vector<std::int32_t>& live);

    /// A process was born with this pid: what was known of it was about another one.
    void born(std::int32_t pid);
    /// The process has ended; as a sender it may still be named.
    void ended(std::int32_t pid);

private:
    struct Former {
        Place place;
        std::int32_t pid = 0;
    };
    std::uint64_t ownSpace_ = 0;
    std::unordered_map<std::int32_t, std::optional<Place>> places_; ///< by pid; none: the recorder's own namespace
    std::deque<Former> former_;                                     ///< the latest that ended elsewhere
};

} // namespace daemonscope
