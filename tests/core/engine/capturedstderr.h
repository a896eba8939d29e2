// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/uniquefd.h"

#include <QTemporaryFile>

#include <unistd.h>

#include <cstdio>
#include <string>

/// What is written on stderr while it lives, here and in children.
class CapturedStderr {
public:
    CapturedStderr()
        : before_(::dup(STDERR_FILENO))
    {
        if (file_.open())
            ::dup2(file_.handle(), STDERR_FILENO);
    }
    ~CapturedStderr() { restore(); }
    CapturedStderr(const CapturedStderr&) = delete;
    CapturedStderr& operator=(const CapturedStderr&) = delete;
    std::string taken()
    {
        restore();
        file_.seek(0);
        return file_.readAll().toStdString();
    }

private:
    void restore()
    {
        std::fflush(stderr);
        ::dup2(before_.get(), STDERR_FILENO);
    }
    QTemporaryFile file_;
    daemonscope::UniqueFd before_;
};
