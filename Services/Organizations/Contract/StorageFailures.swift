import Contract

extension OrganizationRoutes {
    /// What may be wrong with a bucket: 422 with the member of the body at fault, and 503 where it
    /// could not be found out.
    static let storageFailures: [Documentation.Cause] = [
        Documentation.Cause(
            422, "storage_endpoint_invalid", "The endpoint is no address of a server."),
        Documentation.Cause(422, "storage_dns_failed", "The endpoint's name can't be resolved."),
        Documentation.Cause(
            422, "storage_address_forbidden",
            "The endpoint has no address on the internet, or a private one."),
        Documentation.Cause(
            422, "storage_unreachable",
            "The endpoint can't be connected to, or the connection was lost."),
        Documentation.Cause(422, "storage_timeout", "The storage did not answer in time."),
        Documentation.Cause(
            422, "storage_tls_failed", "The endpoint's certificate or its TLS is not acceptable."),
        Documentation.Cause(
            422, "storage_signature_refused",
            "The secret access key does not belong to the access key."),
        Documentation.Cause(
            422, "storage_access_key_unknown", "The storage does not know the access key."),
        Documentation.Cause(422, "storage_bucket_missing", "There is no bucket of that name."),
        Documentation.Cause(422, "storage_region_wrong", "The bucket is in another region."),
        Documentation.Cause(
            422, "storage_permission_missing",
            "The access key may not write, read or delete objects; the detail says which."),
        Documentation.Cause(
            422, "storage_clock_skewed", "The storage says that this server's clock is wrong."),
        Documentation.Cause(
            422, "storage_answer_unexpected", "The endpoint does not answer as S3 storage does."),
        Documentation.Cause(503, "storage_check_busy", "Too many storage checks are running."),
        Documentation.Cause(
            503, "storage_check_unavailable", "Storage can't be checked at the moment."),
    ]
}
