// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/lessons.h"

#include "os/self.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

namespace daemonscope::scenario {

namespace {
namespace fs = std::filesystem;

/// "08-a-daemon" has 3 characters before its name; 0: it is no lesson's folder.
std::size_t prefixLength(const std::string& folder)
{
    std::size_t digits = 0;
    while (digits < folder.size() && std::isdigit(static_cast<unsigned char>(folder[digits])) != 0)
        ++digits;
    const bool named = digits > 0 && digits < 6 && digits + 1 < folder.size() && folder[digits] == '-';
    return named ? digits + 1 : 0;
}

Result<Lesson> readLesson(const fs::path& folder)
{
    const fs::path file = folder / "lesson.md";
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.is_open() || stream.bad())
        return Error{"the lesson '" + file.string() + "' cannot be read"};
    Result<Lesson> parsed = parseLesson(text, file.string());
    if (!parsed.ok())
        return parsed;
    Lesson& lesson = parsed.value();
    const std::string name = folder.filename().string();
    const std::size_t prefix = prefixLength(name);
    const auto number = static_cast<unsigned>(std::stoul(name.substr(0, prefix - 1)));
    if (lesson.number != 0 && lesson.number != number)
        return Error{file.string() + ": the number is " + std::to_string(lesson.number) + ", but the folder says "
            + std::to_string(number)};
    lesson.number = number;
    lesson.name = name.substr(prefix);
    lesson.scenarioFile = (folder / "scenario.yaml").string();
    return parsed;
}

/// Insertions, deletions and changes that make one text of the other (Levenshtein).
std::size_t distance(const std::string& one, const std::string& other)
{
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < one.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t k = 0; k < other.size(); ++k) {
            const std::size_t changed = diagonal + (one[i] == other[k] ? 0 : 1);
            diagonal = row[k + 1];
            row[k + 1] = std::min({changed, row[k] + 1, diagonal + 1});
        }
    }
    return row.back();
}
} // namespace

Result<std::vector<Lesson>> readLessons(const std::string& folder)
{
    std::vector<Lesson> lessons;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        if (prefixLength(entry->path().filename().string()) == 0 || !fs::is_directory(entry->path()))
            continue;
        Result<Lesson> lesson = readLesson(entry->path());
        if (!lesson.ok())
            return lesson.error();
        lessons.push_back(std::move(lesson).value());
    }
    if (error)
        return Error{"the lessons in '" + folder + "' cannot be read: " + error.message()};
    if (lessons.empty())
        return Error{"there are no lessons in '" + folder + "'; they belong beside the programs"};
    std::sort(lessons.begin(), lessons.end(), [](const Lesson& a, const Lesson& b) { return a.number < b.number; });
    for (std::size_t i = 1; i < lessons.size(); ++i) {
        const bool sameName = std::any_of(lessons.begin(), lessons.begin() + static_cast<std::ptrdiff_t>(i),
            [&](const Lesson& other) { return other.name == lessons[i].name; });
        if (sameName || lessons[i].number == lessons[i - 1].number)
            return Error{"there are two lessons " + std::to_string(lessons[i].number) + " or '" + lessons[i].name
                + "' in '" + folder + "'"};
    }
    return lessons;
}

std::string lessonsFolder()
{
    const fs::path programs = fs::path(executablePath()).parent_path();
    return (programs.parent_path() / "share" / "daemonscope" / "lessons").string();
}

const Lesson* findLesson(const std::vector<Lesson>& lessons, const std::string& name)
{
    const bool digits = !name.empty() && name.size() < 6
        && std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    const std::size_t prefix = prefixLength(name);
    for (const Lesson& lesson : lessons) {
        if (lesson.name == name || (digits && lesson.number == std::stoul(name)))
            return &lesson;
        if (prefix != 0 && lesson.name == name.substr(prefix)
            && lesson.number == std::stoul(name.substr(0, prefix - 1)))
            return &lesson;
    }
    return nullptr;
}

const Lesson& nearestLesson(const std::vector<Lesson>& lessons, const std::string& name)
{
    // Of a long name somebody may know a part only.
    const auto rate = [&name](const Lesson& lesson) {
        const bool part = !name.empty() && lesson.name.find(name) != std::string::npos;
        return part ? 0 : distance(lesson.name, name.substr(0, 200));
    };
    return *std::min_element(
        lessons.begin(), lessons.end(), [&rate](const Lesson& a, const Lesson& b) { return rate(a) < rate(b); });
}

} // namespace daemonscope::scenario
