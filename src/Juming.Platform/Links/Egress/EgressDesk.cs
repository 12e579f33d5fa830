using System.Threading.Channels;
using Google.Protobuf;
using Juming.Platform.Data;
using Juming.Platform.Http;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Egress.Gate;
using Juming.Platform.Links.Egress.Ledger;
using Juming.Platform.Links.Lower;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Juming.Platform.Links.Egress;

/// <summary>
/// Takes all that wants to leave, one after the other: what arrives while a group is being written shares the next one. A group is one transaction: the gate's verdicts,
/// the ledger, and the outbox of the link.
/// </summary>
internal sealed class EgressDesk(IServiceScopeFactory scopes, EgressGate gate, EgressWatch watch, UpperWake wake, TimeProvider clock) : BackgroundService, IEgress, IOutboundLedger
{
    private const int MostPerGroup = 256;

    private readonly Channel<Item> _items = Channel.CreateBounded<Item>(new BoundedChannelOptions(4096) { SingleReader = true });
    private Budget _spent;
    private long _spentAt = -1;

    /// <inheritdoc/>
    public async Task<EgressVerdict> Send(IMessage message, CancellationToken ct) => await Ask(new Item { Message = message, At = clock.GetUtcNow() }, ct);

    /// <inheritdoc/>
    public async Task<EgressVerdict> Release(IMessage message, string approver, CancellationToken ct) => await Ask(new Item { Message = message, Approver = approver, At = clock.GetUtcNow() }, ct);

    /// <inheritdoc/>
    public async Task<bool> MayRelease(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        return await db.Policies.AnyAsync(p => p.Level >= PolicyLevels.ByHand, ct) && await db.Memberships.AnyAsync(ct);
    }

    /// <inheritdoc/>
    public void SendWith(ModuleDbContext db, IMessage message)
    {
        if (MessageRule.Of(message) is not { } rule) throw new ArgumentException($"{message.Descriptor.FullName} is no message that goes up: see egress.proto.", nameof(message));
        db.Publish(new MessageOffered(Guid.CreateVersion7(), rule.Type, PlainStatements.Micros(clock.GetUtcNow()), message.ToByteArray()));
    }

    /// <summary>Takes what waited in a transaction.</summary>
    public async Task Take(MessageOffered offered, CancellationToken ct)
    {
        // A release that was put back may not know what the later one offered: kept and told as refused.
        if (MessageRule.Of(offered.Type) is not { } rule)
        {
            await Ask(new Item { Message = new Google.Protobuf.WellKnownTypes.Empty(), At = clock.GetUtcNow() }, ct);
            return;
        }
        await Ask(new Item { Message = rule.Message.Parser.ParseFrom(offered.Payload), Offer = offered.Offer, At = DateTimeOffset.UnixEpoch.AddTicks(offered.At * 10) }, ct);
    }

    /// <inheritdoc/>
    public async Task Enter(OutboundEntry entry, CancellationToken ct) => await Ask(new Item { Call = entry, At = clock.GetUtcNow() }, ct);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var group = new List<Item>(MostPerGroup);
        try
        {
            while (await _items.Reader.WaitToReadAsync(stoppingToken))
            {
                group.Clear();
                while (group.Count < MostPerGroup && _items.Reader.TryRead(out var item)) group.Add(item);
                await Answer(group, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            _items.Writer.TryComplete();
            while (_items.Reader.TryRead(out var item)) item.Done.TrySetException(new OperationCanceledException("The host is stopping."));
        }
    }

    private async Task<EgressVerdict> Ask(Item item, CancellationToken ct)
    {
        try
        {
            await _items.Writer.WriteAsync(item, ct);
        }
        catch (ChannelClosedException)
        {
            throw new OperationCanceledException("The host is stopping.");
        }
        return await item.Done.Task;
    }

    private async Task Answer(List<Item> group, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
            var writer = new GroupWriter(db, gate, clock);
            // Whoever asked may have gone; what was begun is brought to its end.
            await db.SaveWith(_ => writer.Write(group, _spent, _spentAt, CancellationToken.None), CancellationToken.None);
            (_spent, _spentAt) = (writer.Spent, writer.Last);
            if (writer.GoesUp) wake.Bell.Ring();
            for (var i = 0; i < group.Count; i++) group[i].Done.TrySetResult(writer.Verdicts[i]);
            await watch.Tell(writer.News, ct);
        }
        catch (Exception e)
        {
            // Of whatever kind: an item without an answer would hold up its sender for ever, and an end of this loop every later one.
            _spentAt = -1;
            foreach (var item in group) item.Done.TrySetException(e);
        }
    }

    /// <summary>Something that wants to leave.</summary>
    internal sealed class Item
    {
        public IMessage? Message { get; init; }
        public OutboundEntry? Call { get; init; }
        public Guid? Offer { get; init; }

        /// <summary>Who released it; empty for what nobody has to release.</summary>
        public string Approver { get; init; } = "";
        public DateTimeOffset At { get; init; }
        public TaskCompletionSource<EgressVerdict> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
