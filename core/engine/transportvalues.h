// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/arguments.h"
#include "engine/sharedblock.h"
#include "engine/transportbytes.h"

#include "os/uniquefd.h"

#include <cstddef>
#include <map>
#include <memory>
#include <vector>

/// Internal to the engine: values as bytes (Lib/multiprocessing/reduction.py, and __getstate__ of what processes
/// share).
namespace daemonscope::engine {

/// Values for a new process. Things that processes share go as descriptors; one that comes twice is one there too.
class SharingWriter {
public:
    /// Throws RuntimeError for a thing that only forks can share.
    void value(ByteWriter& to, const Value& value);
    /// What the bytes speak of by index. Borrowed from the values.
    [[nodiscard]] const std::vector<int>& descriptors() const { return descriptors_; }

private:
    bool isKnown(ByteWriter& to, const void* thing);
    void block(ByteWriter& to, const SharedBlock& block);
    std::size_t indexOf(int descriptor);
    std::vector<const void*> things_;
    std::vector<int> descriptors_;
};

/// In the new process. Owns the descriptors.
class SharingReader {
public:
    explicit SharingReader(std::vector<int> descriptors)
        : descriptors_(std::move(descriptors))
    {
    }
    /// Throws EOFError, OSError.
    Value value(ByteReader& from);

private:
    UniqueFd descriptor(std::size_t index) const;
    std::unique_ptr<SharedBlock> block(ByteReader& from);
    std::vector<Value> things_;
    std::map<std::size_t, std::shared_ptr<SharedMemory>> memories_; ///< by the index of their descriptors
    std::vector<int> descriptors_;
};

} // namespace daemonscope::engine
