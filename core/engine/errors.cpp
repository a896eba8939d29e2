// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/errors.h"

#include "engine/reprtext.h"

#include <cerrno>
#include <cstring>

namespace daemonscope::engine {
namespace {

/// PEP 3151
const char* systemErrorName(int errnoValue)
{
    switch (errnoValue) {
    case EAGAIN:
    case EALREADY:
    case EINPROGRESS:
        return "BlockingIOError";
    case ECHILD:
        return "ChildProcessError";
    case EPIPE:
    case ESHUTDOWN:
        return "BrokenPipeError";
    case ECONNABORTED:
        return "ConnectionAbortedError";
    case ECONNREFUSED:
        return "ConnectionRefusedError";
    case ECONNRESET:
        return "ConnectionResetError";
    case EEXIST:
        return "FileExistsError";
    case ENOENT:
        return "FileNotFoundError";
    case EINTR:
        return "InterruptedError";
    case EISDIR:
        return "IsADirectoryError";
    case ENOTDIR:
        return "NotADirectoryError";
    case EACCES:
    case EPERM:
        return "PermissionError";
    case ESRCH:
        return "ProcessLookupError";
    case ETIMEDOUT:
        return "TimeoutError";
    default:
        return "OSError";
    }
}

std::string systemErrorText(int errnoValue, const std::string& path)
{
    std::string text = "[Errno " + std::to_string(errnoValue) + "] " + std::strerror(errnoValue);
    return path.empty() ? text : text + ": " + quoted(path);
}

} // namespace

OSError::OSError(int errnoValue, const std::string& path)
    : Exception(systemErrorName(errnoValue), systemErrorText(errnoValue, path))
    , errnoValue_(errnoValue)
{
}

} // namespace daemonscope::engine
