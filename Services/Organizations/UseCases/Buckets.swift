import Kernel

/// Buckets of other providers.
public protocol Buckets: Sendable {
    /// Writes, reads and deletes a small object in the bucket.
    /// - Parameter userId: on whose behalf, for the limit of each user.
    /// - Throws: 422 with what failed and the field at fault, or 503.
    func prove(_ bucket: Bucket, secret: String, for userId: String) async throws(Fault)
}
