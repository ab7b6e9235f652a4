import IntegrationsContract
import Kernel

/// What a share gives: more of it includes less.
struct AccessLevel: Sendable, Hashable, Comparable {
    let value: Int

    /// What a share gives if nobody says otherwise.
    static let `default` = AccessLevel(stored: 1)
    /// What owners and platform admins have.
    static let highest = AccessLevel(stored: IntegrationLimits.accessLevels.upperBound)

    /// What is no level.
    static let invalid = Fault.invalid("/accessLevel", IntegrationLimits.accessLevelRule)

    /// - Throws: `invalid`.
    init(_ value: Int) throws(Fault) {
        guard IntegrationLimits.accessLevels.contains(value) else { throw Self.invalid }
        self.value = value
    }

    init(stored value: Int) { self.value = value }

    static func < (a: AccessLevel, b: AccessLevel) -> Bool { a.value < b.value }
}

/// Access to an integration that was given to a principal.
struct Share: Sendable, Equatable {
    let id: String
    let integrationId: String
    let principal: Principal
    var level: AccessLevel
    let createdAt: Timestamp
    var updatedAt: Timestamp

    /// - Returns: the share as it will be; `updatedAt` moves only if something is different.
    func giving(_ level: AccessLevel, at now: Timestamp) -> Share {
        guard level != self.level else { return self }
        var changed = self
        changed.level = level
        changed.updatedAt = max(now, Timestamp(milliseconds: updatedAt.milliseconds + 1))
        return changed
    }
}
