using ControlPlane.Model;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Grains.Catalog;

/// <summary>The newest record of each key, in the order in which they came, and how much there is of each source.</summary>
internal sealed class CatalogLog
{
    // Deleted things are remembered so that late words about them are refused; so many are enough.
    private const int MaxTombstones = 10_000;

    private readonly Dictionary<string, LinkedListNode<Entry>> newest = [];
    private readonly LinkedList<Entry> order = new();
    private readonly Dictionary<string, ShardDigest> digests = [];
    private int tombstones;

    private readonly record struct Entry(long Sequence, CatalogRecord Record);

    public long Sequence { get; private set; }

    /// <summary>Takes the record if it is newer.</summary>
    /// <returns>Whether it is in the log now, which it also is if it was there before; and the newest version.</returns>
    public PublishResult Publish(CatalogRecord record)
    {
        if (newest.TryGetValue(record.Key, out LinkedListNode<Entry>? known))
        {
            RecordVersion version = known.Value.Record.Version;
            if (record.Version <= version)
            {
                return new PublishResult(record.Version == version, version);
            }
            order.Remove(known);
            Count(known.Value.Record, added: false);
        }
        newest[record.Key] = order.AddLast(new Entry(++Sequence, record));
        Count(record, added: true);
        if (tombstones > MaxTombstones)
        {
            DropOldestTombstone();
        }
        return new PublishResult(true, record.Version);
    }

    /// <summary>The records that came after a place, oldest first.</summary>
    public IEnumerable<CatalogRecord> Since(long sequence)
    {
        LinkedListNode<Entry>? first = null;
        for (LinkedListNode<Entry>? node = order.Last; node is not null && node.Value.Sequence > sequence; node = node.Previous)
        {
            first = node;
        }
        for (; first is not null; first = first.Next)
        {
            yield return first.Value.Record;
        }
    }

    public ShardDigest DigestOf(string source) => digests.GetValueOrDefault(source);

    public IEnumerable<ShardPart> PartsOf(string source) =>
        from entry in order
        let record = entry.Record as ServiceRecord
        where record is not null
        from part in record.Parts
        where part.Source == source
        select new ShardPart(record.Service, part.Version);

    private void Count(CatalogRecord record, bool added)
    {
        tombstones += record.Deleted ? added ? 1 : -1 : 0;
        if (record is ServiceRecord { Parts: var parts, Service: var service })
        {
            foreach (PartVersion part in parts)
            {
                ShardDigest digest = digests.GetValueOrDefault(part.Source);
                digests[part.Source] = added ? digest.With(service, part.Version) : digest.Without(service, part.Version);
            }
        }
    }

    private void DropOldestTombstone()
    {
        LinkedListNode<Entry>? node = order.First;
        while (node is not null && !node.Value.Record.Deleted)
        {
            node = node.Next;
        }
        if (node is not null)
        {
            order.Remove(node);
            newest.Remove(node.Value.Record.Key);
            tombstones--;
        }
    }
}
