import Kernel

/// A user's installation of an entity; it outlasts their access, but is not usable without it.
struct Installation: Sendable, Equatable {
    let entityId: String
    let userId: String
    /// nil: installed before there was a version.
    let version: String?
    let installedAt: Timestamp
}
