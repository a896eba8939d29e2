// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/lessons.h"
#include "scenario/yamltree.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace daemonscope::scenario {

namespace {
/// A lesson.md in its parts.
struct LessonParts {
    std::string frontMatter; ///< with an empty line for each line above it, so that positions are the file's
    std::string markdown;
};

/// Without the line's end. Moves `text` behind it.
std::string_view takeLine(std::string_view& text)
{
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

/// Throws ReadError.
LessonParts partsOf(std::string_view text)
{
    LessonParts parts;
    unsigned line = 0;
    bool begun = false;
    bool inComment = false;
    while (!begun) {
        if (text.empty())
            throw ReadError{{line + 1, 1}, "expected front matter, which begins with a line of ---"};
        const std::string_view content = takeLine(text);
        ++line;
        parts.frontMatter += '\n';
        // The licence may stand above, in a comment of Markdown's.
        const bool comment = inComment || content.starts_with("<!--");
        inComment = comment && content.find("-->") == std::string_view::npos;
        begun = !comment && content == "---";
        if (!begun && !comment && !content.empty())
            throw ReadError{{line, 1}, "expected front matter, which begins with a line of ---"};
    }
    for (;;) {
        if (text.empty())
            throw ReadError{{line, 1}, "the front matter that begins here has no end, which is a line of ---"};
        const std::string_view content = takeLine(text);
        if (content == "---")
            break;
        parts.frontMatter += std::string(content) + "\n";
    }
    while (text.starts_with('\n') || text.starts_with("\r\n"))
        takeLine(text);
    parts.markdown = text;
    return parts;
}

std::string textOf(const YamlNode& node, std::string_view key)
{
    if (!node.isText())
        throw ReadError{node.position, std::string(key) + " has to be a text"};
    return node.text;
}

/// A text, or a list of them as paragraphs.
std::string paragraphsOf(const YamlNode& node, std::string_view key)
{
    if (node.kind != YamlNode::Kind::List)
        return textOf(node, key);
    std::string paragraphs;
    for (const YamlNode& item : node.items)
        paragraphs += (paragraphs.empty() ? "" : "\n\n") + textOf(item, key);
    return paragraphs;
}

std::vector<std::string> wordsOf(const YamlNode& node, std::string_view key, const std::vector<std::string>& known)
{
    if (node.kind != YamlNode::Kind::List || node.items.empty())
        throw ReadError{node.position, std::string(key) + " has to be a list with one item at least"};
    std::vector<std::string> words;
    for (const YamlNode& item : node.items) {
        words.push_back(textOf(item, key));
        if (std::find(known.begin(), known.end(), words.back()) == known.end())
            throw ReadError{item.position, "'" + words.back() + "' is nothing that " + std::string(key) + " can have"};
    }
    return words;
}

unsigned numberOf(const YamlNode& node)
{
    unsigned number = 0;
    const std::string text = textOf(node, "number");
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size() || number == 0)
        throw ReadError{node.position, "the number has to be 1 or more, not '" + text + "'"};
    return number;
}

void takeKey(Lesson& lesson, const std::string& key, const YamlNode& value)
{
    if (key == "number")
        lesson.number = numberOf(value);
    else if (key == "title")
        lesson.title = textOf(value, key);
    else if (key == "question")
        lesson.question = paragraphsOf(value, key);
    else if (key == "watch")
        lesson.watch = paragraphsOf(value, key);
    else if (key == "answer")
        lesson.answer = paragraphsOf(value, key);
    else if (key == "duration")
        lesson.duration = textOf(value, key);
    else if (key == "start_methods")
        lesson.startMethods = wordsOf(value, key, {"fork", "spawn", "forkserver"});
    else if (key == "engines")
        lesson.engines = wordsOf(value, key, {"native", "python"});
    // Other keys are for others.
}
} // namespace

Result<Lesson> parseLesson(const std::string& text, const std::string& place)
{
    try {
        LessonParts parts = partsOf(text);
        const YamlNode front = readYaml(parts.frontMatter);
        if (front.kind != YamlNode::Kind::Map)
            throw ReadError{front.position, "the front matter has to be keys with their values"};
        Lesson lesson;
        lesson.startMethods = {"fork", "spawn", "forkserver"};
        lesson.engines = {"native", "python"};
        for (std::size_t i = 0; i < front.keys.size(); ++i)
            takeKey(lesson, front.keys[i].text, front.items[i]);
        for (const char* key : {"title", "question"}) {
            if (!front.find(key))
                throw ReadError{front.position, std::string("the front matter has no ") + key};
        }
        lesson.markdown = std::move(parts.markdown);
        return lesson;
    } catch (const ReadError& error) {
        const std::string position = error.position.line == 0
            ? ""
            : std::to_string(error.position.line) + ":" + std::to_string(error.position.column) + ":";
        return Error{place + ":" + position + " " + error.message};
    }
}

} // namespace daemonscope::scenario
