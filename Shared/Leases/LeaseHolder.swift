import Contract

/// What can be asked of another context and answered from a lease.
public protocol LeaseQuestion: Hashable, Sendable {
    /// Whether `test` holds for one of the keys whose changes can change the answer.
    func dependsOnAny(_ test: (_ key: String) -> Bool) -> Bool
}

/// An answer that is given from a lease.
public protocol LeaseAnswer: Sendable {
    /// Whether `test` holds for one of the keys that the question doesn't name and whose changes
    /// can change the answer: a token's digest says nothing of its user.
    func dependsOnAny(_ test: (_ key: String) -> Bool) -> Bool
}

extension LeaseAnswer {
    /// The question names them all.
    @inlinable public func dependsOnAny(_ test: (_ key: String) -> Bool) -> Bool { false }
}

extension Bool: LeaseAnswer {}

/// The side of a lease that repeats the owner's answers, without I/O. `LeaseGrantor` says why no
/// answer is out of date.
///
/// An answer is kept with the version that its owner read before the fact. It counts while the
/// session lasts and no change with a later version has named one of its keys. Changes are
/// kept, answers are not searched: so an answer that was on its way while a change arrived is
/// refused too.
public struct LeaseHolder<Question: LeaseQuestion, Answer: LeaseAnswer>: Sendable {
    @usableFromInline struct Kept: Sendable {
        @usableFromInline let answer: Answer
        @usableFromInline let version: Int
    }

    /// Through which all changes are applied; nil before the first reply.
    public private(set) var mark: LeaseMark?
    @usableFromInline var until: UInt64 = 0
    /// Answers with a lower version don't count.
    @usableFromInline var lowest = 0
    @usableFromInline var changed: Generations<String, Int>
    @usableFromInline var answers: Generations<Question, Kept>

    /// - Parameters:
    ///   - maximumAnswers: beyond it the older half goes.
    ///   - maximumChanges: the same for changed keys; answers that are older than those go too.
    public init(maximumAnswers: Int = 100_000, maximumChanges: Int = 20_000) {
        answers = Generations(maximum: maximumAnswers)
        changed = Generations(maximum: maximumChanges)
    }

    /// How many answers are kept.
    public var count: Int { answers.count }

    /// Until when it may answer, unless a renewal is replied to before.
    public var end: UInt64 { until }

    /// Whether it may answer.
    public func isCurrent(at now: UInt64) -> Bool { now < until }

    /// Applies the reply to a renewal.
    /// - Parameter sent: when the renewal was sent, by the clock that `answer` is asked with.
    public mutating func apply(_ reply: LeaseReply, toRenewalSentAt sent: UInt64) {
        let end = sent + UInt64(max(0, reply.life)) * LeaseRules.usedPart * 1_000
        guard let mark, mark.epoch == reply.mark.epoch else {
            forgetAll(before: reply.mark.version)
            mark = reply.mark
            until = end
            return
        }
        let version = max(mark.version, reply.mark.version)
        self.mark = LeaseMark(epoch: mark.epoch, version: version)
        if reply.startsOver {
            forgetAll(before: version)
        } else {
            for key in reply.changed {
                let evicted = changed.insert(max(changed[key] ?? 0, reply.mark.version), for: key)
                lowest = max(lowest, evicted.values.max() ?? 0)
            }
        }
        until = max(until, end)
    }

    /// Answers no more, until a renewal is sent and replied to.
    public mutating func stop() { until = 0 }

    private mutating func forgetAll(before version: Int) {
        answers.removeAll()
        changed.removeAll()
        lowest = version
    }

    /// Keeps an answer that has arrived.
    /// - Parameter mark: what its owner read before the fact.
    public mutating func keep(_ answer: Answer, to question: Question, asOf mark: LeaseMark) {
        guard mark.epoch == self.mark?.epoch, counts(mark.version, for: question, answer),
            answers[question].map({ $0.version <= mark.version }) ?? true
        else { return }
        _ = answers.insert(Kept(answer: answer, version: mark.version), for: question)
    }

    /// The answer that still holds; nil if the owner must be asked.
    @inlinable public mutating func answer(to question: Question, at now: UInt64) -> Answer? {
        guard now < until, let kept = answers.use(question),
            counts(kept.version, for: question, kept.answer)
        else { return nil }
        return kept.answer
    }

    @inlinable func counts(_ version: Int, for question: Question, _ answer: Answer) -> Bool {
        guard version >= lowest else { return false }
        guard !changed.isEmpty else { return true }
        let isChanged = { (key: String) in (changed[key] ?? 0) > version }
        return !question.dependsOnAny(isChanged) && !answer.dependsOnAny(isChanged)
    }
}
