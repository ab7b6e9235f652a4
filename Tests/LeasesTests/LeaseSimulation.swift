import Contract
import Leases
import TestSupport

/// A question about a user and an entity, as access checks ask.
struct Question: LeaseQuestion {
    let user: String
    let entity: String

    /// Where it is this one, only the answer says that it depends on the user.
    static let entityThatHidesUsers = "e2"
    var hidesUser: Bool { entity == Self.entityThatHidesUsers }

    func dependsOnAny(_ test: (_ key: String) -> Bool) -> Bool {
        test(entity) || !hidesUser && test(user)
    }
}

/// The counters of a question's two keys.
struct Counters: LeaseAnswer {
    let values: [Int]
    /// nil if the question names them.
    let user: String?

    func dependsOnAny(_ test: (_ key: String) -> Bool) -> Bool { user.map(test) ?? false }
}

extension Int: LeaseAnswer {}

/// One owner of facts and two holders of leases in simulated time, with a network that delays and
/// loses, partitions, pauses and crashes, and clocks that are up to 1 % fast or slow.
///
/// The facts are counters, one for each key. A change adds one; an answer is the counters of its
/// two keys. So an answer is out of date if a counter is lower than when a change was acknowledged.
struct LeaseSimulation {
    /// Real time, in microseconds.
    typealias Time = Int

    static let duration = 5_000_000
    private static let keys = ["u0", "u1", "u2", "e0", "e1", "e2"]

    private enum Event {
        case renew(Int, life: Int)
        case renewalArrives(LeaseRenewal, of: Int, sent: UInt64, life: Int)
        case replyDue(LeaseGrantor.Received, of: Int, sent: UInt64, life: Int, epoch: String)
        case replyArrives(LeaseReply, of: Int, sent: UInt64, life: Int)
        case ask(Int)
        case questionArrives(Question, of: Int, life: Int)
        case factRead(Question, LeaseMark, of: Int, life: Int)
        case answerArrives(Counters, Question, LeaseMark, of: Int, life: Int)
        case change
        case recorded([String], epoch: String)
        case acknowledge(Int)
        case tell([String: Int], epoch: String)
        case fault
        case grantorStarts
    }

    private struct Change {
        let version: Int
        let epoch: String
        /// What the counters were after it.
        let values: [String: Int]
        let since: Time
    }

    private struct Holder {
        var state = LeaseHolder<Question, Counters>(maximumAnswers: 8, maximumChanges: 6)
        /// Counts restarts.
        var life = 0
        var rate = 1.0
        var cutOffUntil = 0
        var pausedUntil = 0
        var lastRenewal: UInt64 = 0
    }

    private let random: SeededRandom
    private var queue = EventQueue<Event>()
    private var now: Time = 0
    private var grantor: LeaseGrantor?
    private var epochs = 1
    private var grantorRate = 1.0
    private var holders: [Holder] = []
    private var values = Dictionary(uniqueKeysWithValues: keys.map { ($0, 0) })
    private var acknowledged = Dictionary(uniqueKeysWithValues: keys.map { ($0, 0) })
    private var waiting: [Change] = []
    /// Whether a change was committed that has no version yet.
    private var isCommitting = false

    /// Answers from leases, and what is wrong with them.
    private(set) var answers = 0
    private(set) var changes = 0
    private(set) var mistakes: [String] = []

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        grantorRate = rate()
        grantor = LeaseGrantor(
            epoch: "1", now: local(grantorRate), isFirst: true, limits: Self.limits)
        for index in 0..<2 {
            var holder = Holder()
            holder.rate = rate()
            holders.append(holder)
            queue.add(.renew(index, life: 0), at: index)
            queue.add(.ask(index), at: 10 + index)
        }
        queue.add(.change, at: 100_000)
        queue.add(.fault, at: 500_000)
    }

    private static var limits: LeaseGrantor.Limits {
        var limits = LeaseGrantor.Limits()
        limits.changes = 3
        return limits
    }

    private func rate() -> Double { 0.99 + Double(random.below(2_001)) / 100_000 }

    /// A process's clock, in nanoseconds.
    private func local(_ rate: Double) -> UInt64 {
        5_000_000_000 + UInt64(Double(now) * 1_000 * rate)
    }

    /// How long a message takes; nil if it is lost.
    private func delay(_ index: Int) -> Time? {
        if holders[index].cutOffUntil > now || random.below(50) == 0 { return nil }
        return random.below(40) == 0 ? random.below(1_500_000) : 50 + random.below(2_000)
    }

    mutating func run() {
        while let (time, event) = queue.next(), time < Self.duration, mistakes.isEmpty {
            now = time
            handle(event)
        }
    }

    private mutating func handle(_ event: Event) {
        switch event {
        case .renew, .ask, .replyArrives, .answerArrives: handleAtHolder(event)
        case .change: change()
        case .tell(let seen, let epoch): tell(seen, epoch)
        case .recorded(let keys, let epoch): record(keys, epoch)
        case .acknowledge(let version): acknowledge(version)
        case .fault: fail()
        case .grantorStarts: startGrantor()
        default: handleAtGrantor(event)
        }
    }

    // MARK: Holders

    private mutating func handleAtHolder(_ event: Event) {
        let index: Int
        switch event {
        case .renew(let of, _), .ask(let of), .replyArrives(_, let of, _, _),
            .answerArrives(_, _, _, let of, _):
            index = of
        default: return
        }
        guard holders[index].pausedUntil <= now else {
            queue.add(event, at: holders[index].pausedUntil)
            return
        }
        switch event {
        case .renew(_, let life) where life == holders[index].life: renew(index)
        case .ask: ask(index)
        case .replyArrives(let reply, _, let sent, let life) where life == holders[index].life:
            holders[index].state.apply(reply, toRenewalSentAt: sent)
            if sent == holders[index].lastRenewal { renew(index) }
        case .answerArrives(let answer, let question, let mark, _, let life)
        where life == holders[index].life:
            holders[index].state.keep(answer, to: question, asOf: mark)
        default: break
        }
    }

    private mutating func renew(_ index: Int) {
        let sent = local(holders[index].rate)
        let life = holders[index].life
        holders[index].lastRenewal = sent
        let renewal = LeaseRenewal(
            holder: "\(index)-\(life)", through: holders[index].state.mark)
        if let delay = delay(index) {
            queue.add(
                .renewalArrives(renewal, of: index, sent: sent, life: life), at: now + delay)
        }
        // The next one if there is no reply; one that comes later still counts.
        queue.add(.renew(index, life: life), at: now + 500_000)
    }

    private mutating func ask(_ index: Int) {
        // More often where a lease ends.
        let rest = holders[index].cutOffUntil > now ? 6_000 : 40_000
        queue.add(.ask(index), at: now + 500 + random.below(rest))
        let question = Question(user: "u\(random.below(3))", entity: "e\(random.below(3))")
        let answer = holders[index].state.answer(to: question, at: local(holders[index].rate))
        if let answer {
            answers += 1
            for (key, value) in zip([question.user, question.entity], answer.values)
            where value < acknowledged[key] ?? 0 {
                mistakes.append("holder \(index) at \(now): \(key) is \(value)")
            }
        } else if let delay = delay(index) {
            queue.add(
                .questionArrives(question, of: index, life: holders[index].life), at: now + delay)
        }
    }

    // MARK: The grantor

    private mutating func handleAtGrantor(_ event: Event) {
        guard grantor != nil else { return }
        switch event {
        case .renewalArrives(let renewal, _, _, _) where renewal.ends:
            grantor?.end(renewal.holder)
            acknowledgeSettled()
        case .renewalArrives(let renewal, let index, let sent, let life):
            let time = local(grantorRate)
            let received = grantor?.receive(renewal, at: time)
            acknowledgeSettled()
            guard let received, let epoch = grantor?.mark.epoch else { return }
            let hasNews = grantor?.hasNews(for: received) ?? false
            queue.add(
                .replyDue(received, of: index, sent: sent, life: life, epoch: epoch),
                at: now + (hasNews ? 0 : 200_000 + random.below(100_000)))
        case .replyDue(let received, let index, let sent, let life, let epoch):
            guard let grantor, grantor.mark.epoch == epoch, let delay = delay(index) else {
                return
            }
            queue.add(
                .replyArrives(grantor.reply(to: received), of: index, sent: sent, life: life),
                at: now + delay)
        case .questionArrives(let question, let index, let life):
            guard let mark = grantor?.mark else { return }
            // The fact is read some time after the mark.
            queue.add(
                .factRead(question, mark, of: index, life: life), at: now + random.below(3_000))
        case .factRead(let question, let mark, let index, let life):
            guard mark.epoch == grantor?.mark.epoch, let delay = delay(index) else { return }
            let answer = Counters(
                values: [question.user, question.entity].map { values[$0] ?? 0 },
                user: question.hidesUser ? question.user : nil)
            queue.add(
                .answerArrives(answer, question, mark, of: index, life: life), at: now + delay)
        default: return
        }
    }

    private mutating func change() {
        queue.add(.change, at: now + 1_000 + random.below(random.below(3) == 0 ? 5_000 : 600_000))
        // One is committed after the other.
        guard !isCommitting, let epoch = grantor?.mark.epoch else { return }
        isCommitting = true
        let all = Self.keys.shuffled(by: random)
        let keys = Array(all.prefix(1 + random.below(2)))
        for key in keys { values[key, default: 0] += 1 }
        // It gets its version some time after it was committed.
        queue.add(
            .recorded(random.below(30) == 0 ? [LeaseRules.everything] : keys, epoch: epoch),
            at: now + random.below(3_000))
        // Somebody reads it and is about to tell another that it is done.
        if random.below(3) == 0 { queue.add(.tell(values, epoch: epoch), at: now) }
    }

    /// Without a change: what was read can be acknowledged once all of it has settled.
    private mutating func tell(_ seen: [String: Int], _ epoch: String) {
        guard let mark = grantor?.mark, mark.epoch == epoch else { return }
        guard !isCommitting else { return queue.add(.tell(seen, epoch: epoch), at: now + 100) }
        waiting.append(Change(version: mark.version, epoch: epoch, values: seen, since: now))
        acknowledge(mark.version)
    }

    private mutating func record(_ keys: [String], _ epoch: String) {
        // Killed after the commit: nobody gets an answer.
        guard grantor?.mark.epoch == epoch else { return }
        isCommitting = false
        let time = local(grantorRate)
        let version = grantor?.record(keys, at: time) ?? 0
        changes += 1
        waiting.append(Change(version: version, epoch: epoch, values: values, since: now))
        acknowledge(version)
    }

    /// Looks whether a change can be acknowledged, and again when it can at the latest.
    private mutating func acknowledge(_ version: Int) {
        acknowledgeSettled()
        guard let grantor, waiting.contains(where: { $0.version == version }),
            let end = grantor.holdout(of: version, at: local(grantorRate))
        else { return }
        let rest = Double(end - local(grantorRate)) / 1_000 / grantorRate
        queue.add(.acknowledge(version), at: now + Int(rest) + 1)
    }

    private mutating func acknowledgeSettled() {
        guard let grantor else { return }
        let time = local(grantorRate)
        for change in waiting {
            guard change.epoch == grantor.mark.epoch else { continue }
            if grantor.holdout(of: change.version, at: time) == nil {
                // Its own keys and those of changes before it, which have settled as well.
                acknowledged.merge(change.values) { max($0, $1) }
            } else if now - change.since > 1_011_000 {
                mistakes.append("\(change.version) waits since \(change.since) at \(now)")
            }
        }
        waiting.removeAll {
            $0.epoch != grantor.mark.epoch || grantor.holdout(of: $0.version, at: time) == nil
        }
    }

    // MARK: Faults

    private mutating func startGrantor() {
        epochs += 1
        grantorRate = rate()
        grantor = LeaseGrantor(
            epoch: "\(epochs)", now: local(grantorRate), isFirst: false, limits: Self.limits)
        // A repeated request finds what the former process has changed.
        queue.add(.tell(values, epoch: "\(epochs)"), at: now + random.below(300_000))
    }

    /// Another process takes the place of a holder.
    private mutating func restart(_ index: Int) {
        let (life, rate) = (holders[index].life + 1, rate())
        holders[index] = Holder()
        holders[index].life = life
        holders[index].rate = rate
        queue.add(.renew(index, life: life), at: now + 1_000)
    }

    /// The same after SIGTERM: it answers no more, and says so.
    private mutating func stop(_ index: Int) {
        let life = holders[index].life
        let renewal = LeaseRenewal(holder: "\(index)-\(life)", through: nil, ends: true)
        if let delay = delay(index) {
            queue.add(.renewalArrives(renewal, of: index, sent: 0, life: life), at: now + delay)
        }
        restart(index)
    }

    private mutating func fail() {
        queue.add(.fault, at: now + 200_000 + random.below(1_500_000))
        let index = random.below(holders.count)
        let length = 100_000 + random.below(2_500_000)
        switch random.below(6) {
        case 0: holders[index].pausedUntil = now + length
        case 1, 2: holders[index].cutOffUntil = now + length
        case 3: restart(index)
        case 4: stop(index)
        default:
            guard grantor != nil else { return }
            grantor = nil
            isCommitting = false
            queue.add(.grantorStarts, at: now + random.below(400_000))
        }
    }
}

extension Array {
    fileprivate func shuffled(by random: SeededRandom) -> Array {
        var copy = self
        for index in copy.indices.dropFirst() { copy.swapAt(index, random.below(index + 1)) }
        return copy
    }
}
