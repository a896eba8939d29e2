// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/viewstate.h"

#include <QSignalSpy>
#include <QTest>

using daemonscope::EventTime;
using daemonscope::ViewState;

class TestViewState : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void followsTheLatestMoment()
    {
        ViewState state;
        QSignalSpy moved(&state, &ViewState::timeChanged);
        state.setLatest(EventTime(10));
        QCOMPARE(state.time(), EventTime(10));
        QVERIFY(state.following());
        QCOMPARE(moved.count(), 1);
        state.setLatest(EventTime(10));
        QCOMPARE(moved.count(), 1);
    }

    void staysWhereItWasSetUntilItFollowsAgain()
    {
        ViewState state;
        state.setLatest(EventTime(10));
        state.setTime(EventTime(4));
        state.setLatest(EventTime(20));
        QCOMPARE(state.time(), EventTime(4));
        QVERIFY(!state.following());
        state.follow();
        QCOMPARE(state.time(), EventTime(20));
        QVERIFY(state.following());
    }

    void settingTheLatestTimeEndsFollowing()
    {
        ViewState state;
        state.setLatest(EventTime(10));
        QSignalSpy moved(&state, &ViewState::timeChanged);
        state.setTime(EventTime(10));
        QVERIFY(!state.following());
        QCOMPARE(moved.count(), 1);
    }

    void resetForgetsAll()
    {
        ViewState state;
        state.setLatest(EventTime(10));
        state.setTime(EventTime(3));
        state.select(2);
        state.setFilter(QStringLiteral("x"));
        state.setZoom(daemonscope::TimeRange{EventTime(1), EventTime(2)});
        QSignalSpy selected(&state, &ViewState::selectionChanged);
        QSignalSpy zoomed(&state, &ViewState::zoomChanged);
        QSignalSpy filtered(&state, &ViewState::filterChanged);
        state.reset();
        QVERIFY(state.following() && !state.selection() && !state.zoom() && state.filter().isEmpty());
        QCOMPARE(state.time(), EventTime(0));
        QCOMPARE(selected.count(), 1);
        QCOMPARE(zoomed.count(), 1);
        QCOMPARE(filtered.count(), 1);
    }
};

QTEST_GUILESS_MAIN(TestViewState)
#include "tst_viewstate.moc"
