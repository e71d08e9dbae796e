using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ControlPlane.Xds.Wire;

namespace ControlPlane.Xds.Subscriptions;

/// <summary>
/// What one stream has of one type: the names subscribed to, what the client has of them, and what it is still to get. Used by the stream's
/// turn alone. A change costs as much as its own size, whatever the number of names.
/// </summary>
/// <param name="set">Null: the proxy has no resources of this type.</param>
internal sealed class Subscription(string typeUrl, ResourceSet? set)
{
    private const int LargestKept = 64;
    private Response? spare;

    public string TypeUrl => typeUrl;

    public ResourceSet Set { get; } = set ?? Empty(typeUrl);

    /// <summary>The picture that the stream has seen last.</summary>
    public Publication Picture { get; private set; } = Publication.None;

    /// <summary>Whether there was a request.</summary>
    public bool IsStarted { get; set; }

    public bool IsWildcard { get; set; }

    /// <summary>Whether a name, or the wildcard by its name, was ever subscribed to: then no names no longer mean all.</summary>
    public bool WasNamed { get; set; }

    public int NamedCount { get; private set; }

    public Dictionary<string, Known> Known { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>Names to look at for the next response; true: it is sent even if the client has it, since it asked or needs it again.</summary>
    public Dictionary<string, bool> Dirty { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>What is no longer there and the client still has, with its last content if that is known.</summary>
    public Dictionary<string, Resource?> Gone { get; } = new(StringComparer.Ordinal);

    /// <summary>A response is due even if there is nothing in it.</summary>
    public bool IsAnswerDue { get; set; }

    /// <summary>SotW: the version of the whole that the client says it has from an earlier stream.</summary>
    public string? ClaimedVersion { get; set; }

    /// <summary>Responses not answered yet, oldest first: one, unless the client has kept its answer back for too long.</summary>
    public List<Response> InFlight { get; } = new(1);

    public Nonce LastNonce { get; private set; }

    public TypeHistory History { get; } = new();

    /// <summary>Is called with what is gone, and its last content.</summary>
    public Action<string, Resource?>? Departed { get; set; }

    /// <summary>Is called with what was gone and is back before the client learnt of it.</summary>
    public Action<string>? Returned { get; set; }

    public bool IsNamed(string name) => Known.TryGetValue(name, out Known known) && known.IsNamed;

    public bool IsSubscribed(string name) => IsWildcard || IsNamed(name);

    /// <summary>Goes on to the newest picture and notes what concerns the client.</summary>
    public void Follow()
    {
        if (ReferenceEquals(Picture, Publication.None))
        {
            Picture = Set.Latest;
        }
        while (Picture.Next is { } next)
        {
            foreach (ResourceChange change in next.Changes)
            {
                Note(change.Name, change.Resource, Picture.Resources.GetValueOrDefault(change.Name));
            }
            Picture = next;
        }
    }

    public ref Known Entry(string name)
    {
        ref Known known = ref CollectionsMarshal.GetValueRefOrAddDefault(Known, name, out _);
        return ref known;
    }

    public void Name(string name)
    {
        // The text that all streams share is kept, not the one of this request.
        name = Picture.Resources.TryGetKey(name, out string? shared) ? shared : name;
        ref Known known = ref Entry(name);
        NamedCount += known.IsNamed ? 0 : 1;
        known.IsNamed = true;
        WasNamed = true;
    }

    public void Ask(string name) => Dirty[name] = true;

    /// <summary>Ends the subscription to a name; under the wildcard the resource itself goes on.</summary>
    public void Unname(string name)
    {
        ref Known known = ref CollectionsMarshal.GetValueRefOrNullRef(Known, name);
        if (Unsafe.IsNullRef(ref known) || !known.IsNamed)
        {
            return;
        }
        NamedCount--;
        known.IsNamed = false;
        if (!IsWildcard)
        {
            Forget(name);
        }
    }

    public void StopWildcard()
    {
        IsWildcard = false;
        IsAnswerDue = false;
        foreach ((string name, Known known) in Known)
        {
            if (!known.IsNamed)
            {
                Forget(name);
            }
        }
        foreach (string name in Dirty.Keys)
        {
            if (!IsNamed(name))
            {
                Dirty.Remove(name);
            }
        }
    }

    /// <summary>Makes room for as many names more: a fleet that comes back would else grow each table five times over.</summary>
    public void Expect(int names)
    {
        Known.EnsureCapacity(Known.Count + names);
        Dirty.EnsureCapacity(Dirty.Count + names);
    }

    /// <summary>Notes all that there is.</summary>
    public void NoteAll()
    {
        Known.EnsureCapacity(Picture.Resources.Count);
        Dirty.EnsureCapacity(Picture.Resources.Count);
        foreach (string name in Picture.Resources.Keys)
        {
            Dirty.TryAdd(name, false);
        }
    }

    /// <summary>The client has it no longer.</summary>
    public void Drop(string name)
    {
        Gone.Remove(name);
        ref Known known = ref CollectionsMarshal.GetValueRefOrNullRef(Known, name);
        if (Unsafe.IsNullRef(ref known))
        {
            return;
        }
        if (known.IsNamed)
        {
            known.Version = null;
            known.IsAccepted = false;
        }
        else
        {
            Known.Remove(name);
        }
    }

    public Response Begin()
    {
        Response response = spare ?? new Response();
        spare = null;
        response.Reset(typeUrl);
        return response;
    }

    /// <summary>Gives back a response that was not needed, or was answered.</summary>
    public void Recycle(Response response) => spare = response;

    public void Sent(Response response)
    {
        InFlight.Add(response);
        LastNonce = response.Nonce;
        History.Responses++;
        History.Resources += response.Resources.Count;
        if (Dirty.Count == 0 && Dirty.Capacity > LargestKept)
        {
            Dirty = new Dictionary<string, bool>(StringComparer.Ordinal);
        }
    }

    /// <summary>Whether a response with this nonce is not answered yet, and its place.</summary>
    public int IndexOf(Nonce nonce)
    {
        for (int i = 0; i < InFlight.Count; i++)
        {
            if (InFlight[i].Nonce == nonce)
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>The client has them.</summary>
    public void Accept(Response response)
    {
        foreach (Resource resource in response.Resources)
        {
            ref Known known = ref CollectionsMarshal.GetValueRefOrNullRef(Known, resource.Name);
            if (!Unsafe.IsNullRef(ref known))
            {
                known.IsAccepted = true;
            }
        }
    }

    private static ResourceSet Empty(string typeUrl)
    {
        var empty = new ResourceSet(typeUrl);
        empty.Publish([], Completeness.Complete);
        return empty;
    }

    private void Note(string name, Resource? resource, Resource? old)
    {
        if (resource is null && old is null)
        {
            return;
        }
        if (IsSubscribed(name))
        {
            NoteSubscribed(name, resource, old);
        }
        foreach (string alias in (resource ?? old)?.Aliases ?? [])
        {
            if (alias != name && IsNamed(alias))
            {
                NoteSubscribed(alias, resource, old);
            }
        }
    }

    private void NoteSubscribed(string name, Resource? resource, Resource? old)
    {
        if (resource is not null)
        {
            if (Gone.Remove(name))
            {
                Returned?.Invoke(name);
            }
            Dirty.TryAdd(name, false);
            return;
        }
        if (Known.TryGetValue(name, out Known known) && known.Version is not null)
        {
            Gone[name] = old;
            Departed?.Invoke(name, old);
        }
        // What was asked for is answered, even with that it is gone.
        if (Dirty.TryGetValue(name, out bool isAsked) && !isAsked)
        {
            Dirty.Remove(name);
        }
    }

    private void Forget(string name)
    {
        Known.Remove(name);
        Dirty.Remove(name);
        Gone.Remove(name);
    }
}
