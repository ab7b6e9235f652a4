import Contract
import EventLoop
import Kernel
import Leases
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

/// Waiting for holders of leases; the rules are tested without time (`LeaseSimulation`).
@Suite struct GrantedLeasesTests {
    private final class Steps: Sendable {
        private let state = Mutex<[String]>([])
        func note(_ step: String) { state.withLock { $0.append(step) } }
        var done: [String] { state.withLock(\.self) }
    }

    private let leases = GrantedLeases()
    private let steps = Steps()

    /// Has a holder renew, without waiting for the reply.
    private func renew(_ through: LeaseMark?, ends: Bool = false) -> Task<LeaseReply, any Error> {
        let leases = leases
        return Task {
            try await leases.renew(LeaseRenewal(holder: "one", through: through, ends: ends))
        }
    }

    /// What one who has just read tells another, once it has settled.
    private func tell() -> Task<Void, Never> {
        let (leases, steps) = (leases, steps)
        return Task {
            await leases.settleAll()
            steps.note("told")
        }
    }

    @Test func `a change settles when its holder has confirmed it`() async throws {
        leases.opened(isNew: true)
        let first = try await renew(nil).value
        #expect(first.startsOver && first.life == LeaseRules.life)
        let parked = renew(first.mark)
        let version = leases.committed(["usr_bob"])
        let begin = Ticks.now
        let (leases, steps) = (leases, steps)
        let write = Task {
            await leases.settle(version)
            steps.note("settled")
        }
        let news = try await parked.value
        #expect(news.changed == ["usr_bob"] && news.mark.version == version)
        steps.note("replied")
        let confirming = renew(news.mark)
        await write.value
        // Unless this machine stood still for longer than the lease lasts.
        if begin.milliseconds(until: .now) < LeaseRules.life {
            #expect(steps.done == ["replied", "settled"])
        }
        _ = try await confirming.value
    }

    @Test func `a holder that ends its lease holds up no change`() async throws {
        leases.opened(isNew: true)
        let first = try await renew(nil).value
        let parked = renew(first.mark)
        let version = leases.committed(["usr_bob"])
        let begin = Ticks.now
        let (leases, steps) = (leases, steps)
        let write = Task {
            await leases.settle(version)
            steps.note("settled")
        }
        _ = try await parked.value
        steps.note("ends")
        _ = try await renew(nil, ends: true).value
        await write.value
        if begin.milliseconds(until: .now) < LeaseRules.life {
            #expect(steps.done == ["ends", "settled"])
        }
        var text = MetricsText()
        leases.writeMetrics(&text)
        #expect(text.text.contains("\nlatchkey_lease_sessions 0\n"))
    }

    @Test func `what reads saw settles when it has got its version and was confirmed`()
        async throws
    {
        leases.opened(isNew: true)
        let first = try await renew(nil).value
        let parked = renew(first.mark)
        let begin = Ticks.now
        leases.committing()
        let telling = tell()
        steps.note("committed")
        _ = leases.committed(["usr_bob"])
        let news = try await parked.value
        steps.note("confirms")
        let confirming = renew(news.mark)
        await telling.value
        if begin.milliseconds(until: .now) < LeaseRules.life {
            #expect(steps.done == ["committed", "confirms", "told"])
        }
        _ = try await confirming.value
    }

    @Test func `what a former process committed settles when its leases have ended`() async {
        let begin = Ticks.now
        leases.opened(isNew: false)
        await tell().value
        #expect(begin.milliseconds(until: .now) >= LeaseRules.life - 1)
    }

    @Test func `without holders nothing waits`() async {
        leases.opened(isNew: true)
        let version = leases.committed(["usr_bob"])
        await leases.settle(version)
        await leases.settleAll()
        var text = MetricsText()
        leases.writeMetrics(&text)
        #expect(text.text.contains("\nlatchkey_lease_writes_total 1\n"))
    }
}
