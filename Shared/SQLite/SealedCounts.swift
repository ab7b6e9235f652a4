import Kernel

/// How many stored values each secret of a setting has sealed.
public struct SealedCounts: Sendable, Equatable {
    /// Which secret sealed a value.
    public enum Secret: Sendable, Hashable {
        /// The one at this place of the list, from 0.
        case listed(Int)
        /// One that the list doesn't have.
        case unlisted
        /// The value doesn't say, as it is from before values did.
        case unnamed

        /// - Parameter prefix: what a value begins with.
        public init(ofPrefix prefix: [UInt8], in secrets: SecretList) {
            guard let id = SealingKey.keyID(inPrefix: prefix) else {
                self = .unnamed
                return
            }
            self = secrets.ids.firstIndex(of: id).map(Secret.listed) ?? .unlisted
        }
    }

    /// How many; none where there are none.
    public private(set) var values: [Secret: Int] = [:]

    public init(
        _ columns: [SealedColumn], _ secrets: SecretList, in db: some Queryable
    ) throws {
        for count in try columns.flatMap({ try $0.counts(in: db) }) where count.values > 0 {
            values[Secret(ofPrefix: count.prefix, in: secrets), default: 0] += count.values
        }
    }
}
