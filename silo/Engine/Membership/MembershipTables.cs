#if ORLEANS
using ControlPlane.Grains.Storage.Postgres;

namespace ControlPlane.Silo.Engine.Membership;

/// <summary>
/// The tables in which silos find each other, and the statements by which Orleans' provider for ADO.NET reads and writes them: it looks for those in the table
/// <c>OrleansQuery</c>, by their keys. Each statement is one, and thereby a transaction: who changes a row raises the version of all rows with it, if it is the one that was read.
/// </summary>
internal static class MembershipTables
{
    private const string Tables =
        """
        create table if not exists OrleansQuery (QueryKey text primary key, QueryText text not null);
        create table if not exists silo_versions (DeploymentId text primary key, Version integer not null default 0, changed timestamptz not null default now());
        create table if not exists silos (
            DeploymentId text not null references silo_versions on delete cascade, Address text not null, Port integer not null, Generation integer not null,
            SiloName text not null, HostName text not null, Status integer not null, ProxyPort integer not null, SuspectTimes text,
            StartTime timestamptz not null, IAmAliveTime timestamptz not null,
            primary key (DeploymentId, Address, Port, Generation));
        """;

    private const string ThisSilo = "s.DeploymentId = @DeploymentId and s.Address = @Address and s.Port = @Port and s.Generation = @Generation";

    // The version comes with every row, and alone where there is no silo.
    private const string Read =
        """
        select v.Version, s.Address, s.Port, s.Generation, s.SiloName, s.HostName, s.Status, s.ProxyPort, s.SuspectTimes, s.StartTime, s.IAmAliveTime
        from silo_versions v left join silos s on s.DeploymentId = v.DeploymentId
        """;

    private static readonly (string Key, string Text)[] Statements =
    [
        ("InsertMembershipVersionKey",
            "with added as (insert into silo_versions (DeploymentId) values (@DeploymentId) on conflict do nothing returning 1) select exists (select from added)"),
        ("InsertMembershipKey",
            $"""
            with raised as (
                update silo_versions v set Version = v.Version + 1, changed = now()
                where v.DeploymentId = @DeploymentId and v.Version = @Version and not exists (select from silos s where {ThisSilo})
                returning v.DeploymentId),
            added as (
                insert into silos (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
                select DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime from raised
                returning 1)
            select exists (select from added)
            """),
        ("UpdateMembershipKey",
            $"""
            with raised as (
                update silo_versions v set Version = v.Version + 1, changed = now()
                where v.DeploymentId = @DeploymentId and v.Version = @Version and exists (select from silos s where {ThisSilo})
                returning v.DeploymentId),
            changed as (
                update silos s set Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
                from raised where raised.DeploymentId = s.DeploymentId and {ThisSilo}
                returning 1)
            select exists (select from changed)
            """),
        ("UpdateIAmAlivetimeKey", $"update silos s set IAmAliveTime = @IAmAliveTime where {ThisSilo}"),
        ("MembershipReadRowKey", $"{Read} and s.Address = @Address and s.Port = @Port and s.Generation = @Generation where v.DeploymentId = @DeploymentId"),
        ("MembershipReadAllKey", $"{Read} where v.DeploymentId = @DeploymentId"),
        ("DeleteMembershipTableEntriesKey", "delete from silo_versions where DeploymentId = @DeploymentId"),
        ("CleanupDefunctSiloEntriesKey", "delete from silos where DeploymentId = @DeploymentId and IAmAliveTime < @IAmAliveTime and Status <> 3"),
        ("GatewaysQueryKey", "select Address, ProxyPort, Generation from silos where DeploymentId = @DeploymentId and Status = @Status and ProxyPort > 0"),
    ];

    /// <summary>Makes them.</summary>
    public static PostgresScript Script { get; } = new("silos", 1, string.Join('\n', [
        Tables, .. Statements.Select(statement =>
            $"insert into OrleansQuery values ('{statement.Key}', $query${statement.Text}$query$) on conflict (QueryKey) do update set QueryText = excluded.QueryText;")]));
}
#endif
