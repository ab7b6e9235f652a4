import IntegrationsContract
import Kernel

/// The level of access that a share gives; a higher level includes the lower ones.
struct AccessLevel: Sendable, Hashable, Comparable {
    let value: Int

    /// The level of a share whose request names none.
    static let `default` = AccessLevel(stored: 1)
    /// The level of owners and platform admins.
    static let highest = AccessLevel(stored: IntegrationLimits.accessLevels.upperBound)

    static let invalid = Fault.invalid("/accessLevel", IntegrationLimits.accessLevelRule)

    /// - Throws: `invalid`.
    init(_ value: Int) throws(Fault) {
        guard IntegrationLimits.accessLevels.contains(value) else { throw Self.invalid }
        self.value = value
    }

    init(stored value: Int) { self.value = value }

    static func < (a: AccessLevel, b: AccessLevel) -> Bool { a.value < b.value }
}

/// A principal's access to an integration.
struct Share: Sendable, Equatable {
    let id: String
    let integrationId: String
    let principal: Principal
    var level: AccessLevel
    let createdAt: Timestamp
    var updatedAt: Timestamp

    /// The share with that level; `updatedAt` changes only if the level does.
    func giving(_ level: AccessLevel, at now: Timestamp) -> Share {
        guard level != self.level else { return self }
        var changed = self
        changed.level = level
        changed.updatedAt = max(now, Timestamp(milliseconds: updatedAt.milliseconds + 1))
        return changed
    }
}
