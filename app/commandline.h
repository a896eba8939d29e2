// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <utility>

/// What the command lines of `daemonscope` and of its recorder have in common.
namespace daemonscope::cli {

/// `--color`; every command takes it, the last one counts. `color` holds auto, always or never after parsing.
inline CLI::Option* addColorOption(CLI::App& command, std::string& color)
{
    return command.add_option("--color", color, "auto, always or never; NO_COLOR is honoured by auto")
        ->capture_default_str()
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->take_last();
}

/// The same for a command that prints nothing in color: it takes the option and does not offer it.
inline void acceptColorOption(CLI::App& command)
{
    // CLI11 does not name an option that is not offered when its value is wrong, so this does.
    const auto refuse = [](const std::string& word) {
        if (word != "auto" && word != "always" && word != "never")
            throw CLI::ValidationError("--color", word + " not in {auto,always,never}");
    };
    command.add_option_function<std::string>("--color", refuse)->take_last()->group("");
}

/// Prints this usage text in the help. CLI11's own has all options in front and knows nothing of a PROGRAM.
class GivenUsage : public CLI::Formatter {
public:
    explicit GivenUsage(std::string text)
        : text_(std::move(text))
    {
    }
    [[nodiscard]] std::string make_usage(const CLI::App* /*app*/, std::string /*name*/) const override
    {
        return text_ + "\n";
    }

private:
    std::string text_;
};

/// `text`: "Usage: …", without a newline at its end.
inline void setUsage(CLI::App& command, std::string text)
{
    command.formatter(std::make_shared<GivenUsage>(std::move(text)));
}

} // namespace daemonscope::cli
