// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// That the comparison of two runs of a lesson sees what is in the wrong order, and only that. The stories are made.

#include "lessondeeds.h"
#include "lessonends.h"

#include <QTest>

using namespace daemonscope;
using namespace std::chrono_literals;

namespace {
using Step = payload::ExitSequenceStep;
using Payloads = std::vector<Payload>;

Payload step(Step::Kind kind, const std::string& name)
{
    return Step{kind, name, {}};
}
Payload phase(const std::string& name)
{
    return step(Step::Kind::Phase, name);
}
Payload terminates(const std::string& name)
{
    return step(Step::Kind::Terminate, name);
}
Payload joins(const std::string& name)
{
    return step(Step::Kind::Join, name);
}

/// What the judge makes of a process that does this.
QByteArrayList deeds(const Payloads& payloads)
{
    const ProcessTree tree;
    trial::Deeds deeds(tree);
    for (const Payload& payload : payloads) {
        Event event;
        event.payload = payload;
        deeds.learn(event);
        deeds.take(event);
    }
    return deeds.lines();
}

/// An exit sequence with `steps` in it, and what comes before and behind it.
Payloads sequence(const Payloads& steps)
{
    Payloads all{payload::MainCodeEnded{}, payload::ExitSequenceBegun{}};
    all.insert(all.end(), steps.begin(), steps.end());
    all.insert(all.end(), {payload::ExitSequenceEnded{}, payload::InterpreterExiting{}});
    return all;
}

Payloads goodSteps()
{
    return {phase("finalizers"), terminates("lamp"), terminates("radio"), joins("smith"), joins("tailor"),
        phase("remaining")};
}
} // namespace

class LessonJudgeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theOrderOfASetIsNobodys()
    {
        const QByteArrayList good = deeds(sequence(goodSteps()));
        QCOMPARE(good.size(), 10);
        const Payloads same{phase("finalizers"), terminates("radio"), terminates("lamp"), joins("tailor"),
            joins("smith"), phase("remaining")};
        QCOMPARE(deeds(sequence(same)), good);
    }

    void wrongOrdersAreSeen_data()
    {
        QTest::addColumn<int>("from"); ///< the step that is moved
        QTest::addColumn<int>("to");
        QTest::newRow("joined before the daemons are terminated") << 3 << 1;
        QTest::newRow("a daemon terminated after the joins") << 2 << 4;
        QTest::newRow("a daemon terminated between the joins") << 2 << 3;
        QTest::newRow("finalizers behind the daemons") << 0 << 2;
        QTest::newRow("finalizers behind the joins") << 0 << 4;
        QTest::newRow("the remaining finalizers before the joins") << 5 << 3;
        QTest::newRow("the remaining finalizers among the joins") << 5 << 4;
        QTest::newRow("everything before the finalizers") << 5 << 0;
    }

    void wrongOrdersAreSeen()
    {
        QFETCH(const int, from);
        QFETCH(const int, to);
        Payloads steps = goodSteps();
        const Payload moved = steps.at(static_cast<std::size_t>(from));
        steps.erase(steps.begin() + from);
        steps.insert(steps.begin() + to, moved);
        const QByteArrayList good = deeds(sequence(goodSteps()));
        const QByteArrayList bad = deeds(sequence(steps));
        QCOMPARE(bad.size(), good.size());
        QVERIFY2(bad != good, bad.join('\n').constData());
    }

    void anEndIsSeenAfterItsSignalAndBeforeTheJoinReturns()
    {
        const ObjectId smith{{}, "2"};
        const payload::ObjectMade made = [&] {
            payload::ObjectMade object;
            object.object = smith;
            object.name = "an unknown process"; // as the tree knows no process here
            return object;
        }();
        const Payload reaped = payload::ChildReaped{};
        const Payload ended = payload::JoinEnded{smith, 0, {}};
        const auto told = [&](const Payloads& steps) {
            Payloads all = sequence(steps);
            all.insert(all.begin(), made);
            return deeds(all);
        };
        const Payload join = joins("an unknown process");
        QVERIFY(told({join, reaped, ended}) != told({join, ended, reaped}));
        QVERIFY(told({join, reaped, ended}) != told({reaped, join, ended}));
        QVERIFY(told({joins("smith"), join, reaped, ended}) == told({join, reaped, ended, joins("smith")}));
    }

    void aSequenceThatIsCutOffKeepsItsOrder()
    {
        const Payloads cut{payload::ExitSequenceBegun{}, phase("finalizers"), joins("smith"), terminates("lamp")};
        const Payloads other{payload::ExitSequenceBegun{}, phase("finalizers"), terminates("lamp"), joins("smith")};
        QVERIFY(deeds(cut) != deeds(other));
    }

    void daemonsEndFirst()
    {
        const trial::ProcessEnds daemons{{"lamp", 1000ms}, {"radio", 1001ms}};
        const trial::ProcessEnds others{{"smith", 3200ms}, {"tailor", 3000ms}};
        QCOMPARE(trial::daemonsAgainstOthers(daemons, others),
            (QByteArrayList{"its daemons ended before its other children"}));
        QCOMPARE(trial::daemonsAgainstOthers({{"lamp", 1000ms}, {"radio", 3100ms}}, others),
            (QByteArrayList{"its daemon radio ended after tailor"}));
        QCOMPARE(trial::daemonsAgainstOthers(others, daemons).size(), 4);
        QCOMPARE(trial::daemonsAgainstOthers(daemons, {}), QByteArrayList());
    }

    void endsInAnotherOrderAreSeen()
    {
        const trial::ProcessEnds one{{"lamp", 1000ms}, {"radio", 1001ms}, {"smith", 3200ms}, {"MainProcess", 3201ms}};
        QCOMPARE(trial::reversedEnds(one, one), QByteArrayList());
        // About at the same time, in either order, and a process that the other story does not have.
        QCOMPARE(trial::reversedEnds(
                     one, {{"lamp", 1105ms}, {"radio", 1002ms}, {"smith", 3204ms}, {"MainProcess", 3209ms}, {"x", 1s}}),
            QByteArrayList());
        QCOMPARE(
            trial::reversedEnds(one, {{"lamp", 3500ms}, {"radio", 1002ms}, {"smith", 3200ms}, {"MainProcess", 3509ms}}),
            (QByteArrayList{"lamp ends before smith in the first, after it in the second"}));
    }
};

QTEST_GUILESS_MAIN(LessonJudgeTest)
#include "tst_lesson_judge.moc"
