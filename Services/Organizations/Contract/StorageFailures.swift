import Contract
import Kernel

extension OrganizationRoutes {
    /// What may be wrong with a bucket: 422 with the member of the body at fault, and 503 where it
    /// could not be found out.
    static let storageFailures: [ProblemType] = [
        ProblemType(
            .invalid, "storage_endpoint_invalid", "The endpoint is no address of a server."),
        ProblemType(.invalid, "storage_dns_failed", "The endpoint's name can't be resolved."),
        ProblemType(
            .invalid, "storage_address_forbidden",
            "The endpoint has no address on the internet, or a private one."),
        ProblemType(
            .invalid, "storage_unreachable",
            "The endpoint can't be connected to, or the connection was lost."),
        ProblemType(.invalid, "storage_timeout", "The storage did not answer in time."),
        ProblemType(
            .invalid, "storage_tls_failed",
            "The endpoint's certificate or its TLS is not acceptable."),
        ProblemType(
            .invalid, "storage_signature_refused",
            "The secret access key does not belong to the access key."),
        ProblemType(
            .invalid, "storage_access_key_unknown", "The storage does not know the access key."),
        ProblemType(.invalid, "storage_bucket_missing", "There is no bucket of that name."),
        ProblemType(.invalid, "storage_region_wrong", "The bucket is in another region."),
        ProblemType(
            .invalid, "storage_permission_missing",
            "The access key may not write, read or delete objects; the detail says which."),
        ProblemType(
            .invalid, "storage_clock_skewed", "The storage reports that our clock is wrong."),
        ProblemType(
            .invalid, "storage_answer_unexpected",
            "The endpoint does not answer as S3 storage does."),
        ProblemType(.unavailable, "storage_check_busy", "Too many storage checks are running."),
        ProblemType(
            .unavailable, "storage_check_unavailable", "Storage can't be checked at the moment."),
    ]
}
