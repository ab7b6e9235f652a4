import Kernel

/// The organizations context, which has the stores.
package protocol Stores: Sendable {
    /// Whether a store gives the user access to the entity.
    func isOpen(_ entityId: String, to userId: String) async throws -> Bool
}
