import InvitationsContract
import Synchronization

/// Counts of deliveries since the start.
final class DeliveryTotals: Sendable {
    struct Counts: Sendable, Equatable {
        var delivered = 0
        /// Failed attempts that will be repeated.
        var repeated = 0
        /// Failed for good.
        var failed = 0
    }

    private let state = Mutex(Counts())

    var counts: Counts { state.withLock { $0 } }

    func count(_ delivery: Delivery?) {
        guard let delivery else { return }
        state.withLock { counts in
            switch delivery.status {
            case .delivered: counts.delivered += 1
            case .pending: counts.repeated += 1
            case .failed: counts.failed += 1
            }
        }
    }
}
