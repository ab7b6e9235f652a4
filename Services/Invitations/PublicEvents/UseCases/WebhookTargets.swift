import Kernel

/// Which URLs webhooks can use.
package protocol WebhookTargets: Sendable {
    /// - Parameter owner: whose limits apply.
    /// - Throws: 422 at `pointer`.
    func check(_ url: String, for owner: String, pointer: String) async throws(Fault)
}
