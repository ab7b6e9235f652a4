import Kernel

/// A user's installation of an entity; it outlasts his access, but can't be used without.
struct Installation: Sendable, Equatable {
    let entityId: String
    let userId: String
    /// nil: there was no version yet.
    let version: String?
    let installedAt: Timestamp
}
