import Kernel

/// Buckets that others run.
public protocol Buckets: Sendable {
    /// Writes, reads and deletes a small object in the bucket.
    /// - Parameter userId: on whose behalf: nobody shall keep all others waiting.
    /// - Throws: 422 that says what failed, and which member of the body is at fault.
    func prove(_ bucket: Bucket, secret: String, for userId: String) async throws(Fault)
}
