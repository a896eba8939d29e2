// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/lostpages.h"
#include "os/result.h"
#include "os/uniquefd.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace daemonscope {

/// A stretch of a file in memory, shared with the kernel and writable. Unmapped at the end. Movable.
class MappedRegion {
public:
    MappedRegion() = default;
    MappedRegion(char* data, std::size_t size)
        : guard_(data, size)
        , data_(data)
        , size_(size)
    {
    }
    MappedRegion(MappedRegion&& other) noexcept
        : guard_(std::move(other.guard_))
        , data_(std::exchange(other.data_, nullptr))
        , size_(std::exchange(other.size_, 0))
    {
    }
    MappedRegion& operator=(MappedRegion&& other) noexcept
    {
        std::swap(guard_, other.guard_);
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    MappedRegion(const MappedRegion&) = delete;
    MappedRegion& operator=(const MappedRegion&) = delete;
    ~MappedRegion();

    [[nodiscard]] char* data() const { return data_; }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    GuardedPages guard_;
    char* data_ = nullptr;
    std::size_t size_ = 0;
};

/// A file that grows by mapped stretches.
class MappedFile {
public:
    /// Creates a file (mode 0644 less the umask) that will be called `path` once it is published; where the file system
    /// knows no files without a name, it is called that at once. An existing file is an error, unless `overwrite`,
    /// which removes it: a reader of it keeps it.
    static Result<MappedFile> create(const std::string& path, bool overwrite);

    /// Makes sure that the disk has room for `size` bytes at `offset` (a multiple of the page size) and maps them. A
    /// full disk is an error here, not a SIGBUS at a later store.
    Result<MappedRegion> map(std::uint64_t offset, std::size_t size);
    /// Writes pieces one after the other at `offset`, where map() has made room. The mapping shows them at once. For
    /// long ones this is faster than storing them there, which costs a page fault every 4 KiB.
    Outcome write(std::uint64_t offset, std::array<std::string_view, 3> pieces);
    /// Gives the file its name, so that it stands there whole or not at all. An error if the name is taken by now.
    Outcome publish();
    [[nodiscard]] bool named() const { return named_; }
    [[nodiscard]] const std::string& path() const { return path_; }
    /// Cuts the file to `length` bytes.
    Outcome truncate(std::uint64_t length);

private:
    MappedFile(UniqueFd file, std::string path, bool named)
        : file_(std::move(file))
        , path_(std::move(path))
        , named_(named)
    {
    }

    UniqueFd file_;
    std::string path_;
    bool named_;
};

} // namespace daemonscope
