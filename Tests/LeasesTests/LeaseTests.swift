import Contract
import Leases
import Testing

@Suite struct LeaseTests {
    private static let second: UInt64 = 1_000_000_000
    private let question = Question(user: "u0", entity: "e0")

    private func answer(
        of holder: inout LeaseHolder<Question, Int>, at now: UInt64
    ) -> Int? { holder.answer(to: question, at: now) }

    private func renew(
        _ holder: inout LeaseHolder<Question, Int>, _ grantor: inout LeaseGrantor,
        _ name: String = "one", at now: UInt64
    ) throws {
        let renewal = LeaseRenewal(holder: name, through: holder.mark)
        let taken = grantor.receive(renewal, at: now)
        let received = try #require(taken)
        holder.apply(grantor.reply(to: received), toRenewalSentAt: now)
    }

    @Test func `an answer is given while the lease lasts and nothing changed`() throws {
        var grantor = LeaseGrantor(epoch: "a", now: 0, isFirst: true)
        var holder = LeaseHolder<Question, Int>()
        try renew(&holder, &grantor, at: 0)
        holder.keep(7, to: question, asOf: grantor.mark)
        #expect(answer(of: &holder, at: Self.second / 2) == 7)
        #expect(answer(of: &holder, at: Self.second) == nil)
        try renew(&holder, &grantor, at: Self.second)
        #expect(answer(of: &holder, at: Self.second + 1) == 7)
        _ = grantor.record(["u1"], at: Self.second + 2)
        try renew(&holder, &grantor, at: Self.second + 3)
        #expect(answer(of: &holder, at: Self.second + 4) == 7)
        _ = grantor.record(["e0"], at: Self.second + 5)
        try renew(&holder, &grantor, at: Self.second + 6)
        #expect(answer(of: &holder, at: Self.second + 7) == nil)
    }

    @Test func `an answer that was read before a change is refused when it arrives after it`()
        throws
    {
        var grantor = LeaseGrantor(epoch: "a", now: 0, isFirst: true)
        var holder = LeaseHolder<Question, Int>()
        try renew(&holder, &grantor, at: 0)
        let mark = grantor.mark
        _ = grantor.record(["u0"], at: 1)
        try renew(&holder, &grantor, at: 2)
        holder.keep(7, to: question, asOf: mark)
        #expect(answer(of: &holder, at: 3) == nil)
        holder.keep(8, to: question, asOf: grantor.mark)
        #expect(answer(of: &holder, at: 3) == 8)
    }

    @Test func `an answer can depend on what its question doesn't name`() throws {
        var grantor = LeaseGrantor(epoch: "a", now: 0, isFirst: true)
        var holder = LeaseHolder<Question, Counters>()
        func renew(at now: UInt64) throws {
            let taken = grantor.receive(LeaseRenewal(holder: "one", through: holder.mark), at: now)
            holder.apply(grantor.reply(to: try #require(taken)), toRenewalSentAt: now)
        }
        try renew(at: 0)
        let question = Question(user: "u0", entity: Question.entityThatHidesUsers)
        let old = grantor.mark
        holder.keep(Counters(values: [1], user: "u0"), to: question, asOf: old)
        #expect(holder.answer(to: question, at: 1)?.values == [1])
        _ = grantor.record(["u1"], at: 2)
        try renew(at: 3)
        #expect(holder.answer(to: question, at: 4)?.values == [1])
        _ = grantor.record(["u0"], at: 5)
        try renew(at: 6)
        #expect(holder.answer(to: question, at: 7) == nil)
        // What was on its way is refused as well.
        holder.keep(Counters(values: [1], user: "u0"), to: question, asOf: old)
        #expect(holder.answer(to: question, at: 8) == nil)
        holder.keep(Counters(values: [2], user: "u0"), to: question, asOf: grantor.mark)
        #expect(holder.answer(to: question, at: 9)?.values == [2])
    }

    @Test func `a change waits for each holder, and for a silent one until its lease has ended`()
        throws
    {
        var grantor = LeaseGrantor(epoch: "a", now: 0, isFirst: true)
        var holders = [LeaseHolder<Question, Int>(), LeaseHolder<Question, Int>()]
        try renew(&holders[0], &grantor, "one", at: 0)
        try renew(&holders[1], &grantor, "two", at: 100)
        let version = grantor.record(["u0"], at: 200)
        try renew(&holders[0], &grantor, "one", at: 300)
        try renew(&holders[0], &grantor, "one", at: 400)
        #expect(grantor.holdout(of: version, at: 500) == Self.second + 100)
        #expect(grantor.holdout(of: version, at: Self.second + 100) == nil)
    }

    @Test func `a holder that never confirms doesn't hold up a change for longer than a lease`()
        throws
    {
        var grantor = LeaseGrantor(epoch: "a", now: 0, isFirst: true)
        var holder = LeaseHolder<Question, Int>()
        try renew(&holder, &grantor, at: 0)
        let version = grantor.record(["u0"], at: 100)
        for now in stride(from: UInt64(200), to: Self.second, by: 100_000_000) {
            _ = grantor.receive(LeaseRenewal(holder: "one", through: holder.mark), at: now)
        }
        #expect(grantor.holdout(of: version, at: Self.second) == Self.second + 100)
    }

    @Test func `a grantor that starts again waits for the holders of the process before`() throws {
        let first = LeaseGrantor(epoch: "a", now: 0, isFirst: true)
        var holder = LeaseHolder<Question, Int>()
        var second = LeaseGrantor(epoch: "b", now: 500, isFirst: false)
        let version = second.record(["u0"], at: 600)
        #expect(second.holdout(of: version, at: 700) == Self.second + 500)
        try renew(&holder, &second, at: 800)
        holder.keep(7, to: question, asOf: first.mark)
        #expect(answer(of: &holder, at: 900) == nil)
    }

    @Test func `what is remembered is bounded on both sides`() throws {
        var limits = LeaseGrantor.Limits()
        (limits.changes, limits.sessions) = (10, 2)
        var grantor = LeaseGrantor(epoch: "a", now: 0, isFirst: true, limits: limits)
        var holder = LeaseHolder<Question, Int>(maximumAnswers: 10, maximumChanges: 10)
        try renew(&holder, &grantor, at: 0)
        for number in 0..<100 {
            let question = Question(user: "u\(number)", entity: "e\(number)")
            holder.keep(number, to: question, asOf: grantor.mark)
            #expect(holder.count <= 10)
            _ = grantor.record(["x\(number)"], at: 1)
        }
        let taken = grantor.receive(LeaseRenewal(holder: "one", through: holder.mark), at: 2)
        let received = try #require(taken)
        #expect(grantor.reply(to: received).startsOver)
        let second = grantor.receive(LeaseRenewal(holder: "two", through: nil), at: 2)
        let third = grantor.receive(LeaseRenewal(holder: "three", through: nil), at: 2)
        #expect(second != nil && third == nil)
        #expect(grantor.sessionCount(at: 2) == 2)
    }
}
