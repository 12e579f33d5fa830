using System.Diagnostics;
using System.Security.Cryptography;
using Juming.Platform.Access.Audit;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Join;
using Juming.Platform.Links.Lower;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Platform.Tests.Links;

/// <summary>Large content has a connection of its own, with the same rights as the session's.</summary>
internal sealed class BulkTests
{
    private static readonly byte[] Content = SHA256.HashData([1]);

    private RunningTier? _upper;
    private RunningTier? _lower;
    private Relay? _relay;
    private Guid _peer;

    [TearDown]
    public async Task Stop()
    {
        if (_lower is not null) await _lower.DisposeAsync();
        if (_relay is not null) await _relay.DisposeAsync();
        if (_upper is not null) await _upper.DisposeAsync();
    }

    [Test]
    public async Task Content_comes_over_a_second_connection_also_through_a_proxy([Values] bool proxy)
    {
        await Link(proxy);
        await using var content = Bulk.Get(Content, 0, CancellationToken.None).GetAsyncEnumerator();
        Assert.That(await content.MoveNextAsync());
        Assert.That(_relay!.Open, Is.EqualTo(2), "the session's and the content's");
        if (proxy) Assert.That(_relay!.Asked, Is.All.EqualTo($"CONNECT {PlaceOfUpper} HTTP/1.1"));
        await content.DisposeAsync();
        Bulk.Close();
        await TwoHosts.Until(() => Task.FromResult(_relay!.Open == 1));
        Assert.That(_lower!.Services.GetRequiredService<LinkStatus>().Now.State, Is.EqualTo(LinkState.Connected));
        await using var again = Bulk.Get(Content, 0, CancellationToken.None).GetAsyncEnumerator();
        Assert.That(await again.MoveNextAsync());
        Assert.That(_relay!.Open, Is.EqualTo(2), "opened anew on demand");
    }

    [Test]
    public async Task Whoever_is_shut_out_while_it_fetches_gets_nothing_more_within_a_second()
    {
        await Link(false);
        var fetching = Task.Run(async () =>
        {
            await foreach (var part in Bulk.Get(Content, 0, CancellationToken.None)) _ = part.Length;
        });
        await TwoHosts.Until(() => Task.FromResult(_relay!.BytesDown > 1_000_000));
        var watch = Stopwatch.StartNew();
        await using (var scope = _upper!.Services.CreateAsyncScope()) Assert.That(await scope.ServiceProvider.GetRequiredService<ILinkDesk>().Revoke(_peer, CancellationToken.None));
        var ended = Assert.CatchAsync(async () => await fetching.WaitAsync(TimeSpan.FromSeconds(5)));
        TestContext.Out.WriteLine($"ended after {watch.ElapsedMilliseconds} ms: {ended!.Message}");
        Assert.That(ended, Is.TypeOf<UpperAwayException>());
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(1)));
        var after = _relay!.BytesDown;
        await Task.Delay(300);
        Assert.That(_relay!.BytesDown - after, Is.LessThan(20_000), "no content, at most a word about why");
        var refused = Assert.ThrowsAsync<UpperAwayException>(async () => await Bulk.Get(Content, 0, CancellationToken.None).GetAsyncEnumerator().MoveNextAsync());
        Assert.That(refused!.Reason, Is.EqualTo("shut-out"));
    }

    [Test]
    public async Task After_the_certificate_was_renewed_content_is_asked_for_with_the_new_one()
    {
        var clock = new ShiftedClock();
        await Link(false, clock);
        await Fetch();
        var before = (await _lower!.Services.GetRequiredService<Membership>().Get(CancellationToken.None))!.Certificate.SerialNumber;
        // Past half of its seven days.
        clock.Shift = TimeSpan.FromDays(4);
        await TwoHosts.Until(async () => (await _lower!.Services.GetRequiredService<Membership>().Get(CancellationToken.None))!.Certificate.SerialNumber != before, 60);
        var status = _lower!.Services.GetRequiredService<LinkStatus>();
        await TwoHosts.Until(() => Task.FromResult(status.Now.State == LinkState.Connected && status.Connections > 1), 60);
        await Fetch();
        var audit = (await _upper!.Send(new SearchAudit(null, null))).Value;
        Assert.That(audit.Select(e => e.Outcome), Has.None.EqualTo("links.old-certificate"), "a certificate that was renewed is not taken for a stolen one");
    }

    private IUpperBulk Bulk => _lower!.Services.GetRequiredService<IUpperBulk>();

    private string PlaceOfUpper { get; set; } = "";

    private async Task Fetch()
    {
        await using var content = Bulk.Get(Content, 0, CancellationToken.None).GetAsyncEnumerator();
        Assert.That(await content.MoveNextAsync());
    }

    /// <summary>A site joins an operator through a relay, or through a proxy.</summary>
    private async Task Link(bool proxy, TimeProvider? clock = null)
    {
        void Plant(IServiceCollection services)
        {
            if (clock is not null) services.AddSingleton(clock);
        }

        _upper = await RunningTier.Start("operator", settings: new Dictionary<string, string?> { ["Modules:Links:Listen"] = "127.0.0.1:0", ["Modules:Links:LeaseSeconds"] = "9" }, services: s =>
        {
            Plant(s);
            s.AddSingleton<IBulkShelf, EndlessShelf>();
        });
        Guid peer;
        Invitation invitation;
        (peer, invitation) = await FakeSite.Invite(_upper);
        _peer = peer;
        PlaceOfUpper = new Uri(invitation.Url).Authority;
        _relay = new Relay(proxy ? null : new Uri(invitation.Url).Port);
        var settings = new Dictionary<string, string?> { ["Modules:Collection:Udp"] = "", ["Modules:Collection:Tcp"] = "" };
        if (proxy) settings["Outbound:Proxy"] = $"http://127.0.0.1:{_relay!.Port}";
        _lower = await RunningTier.Start("site", settings: settings, services: Plant);
        var joined = await _lower!.Send(new JoinUpper(proxy ? invitation.Url : $"https://127.0.0.1:{_relay!.Port}", new Secret(invitation.Token)));
        Assert.That(joined.Error, Is.Null);
        await TwoHosts.Until(() => Task.FromResult(_lower!.Services.GetRequiredService<LinkStatus>().Now.State == LinkState.Connected));
    }

    /// <summary>Gives random bytes without end, as a download that takes long.</summary>
    private sealed class EndlessShelf : IBulkShelf
    {
        public Task<BulkHead?> Head(CancellationToken ct) => Task.FromResult<BulkHead?>(null);

        public Task<byte[]?> Root(long version, CancellationToken ct) => Task.FromResult<byte[]?>(null);

        public Task<Stream?> Open(ReadOnlyMemory<byte> sha256, CancellationToken ct) => Task.FromResult<Stream?>(new Endless());
    }

    private sealed class Endless : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => long.MaxValue;
        public override long Position { get; set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(1, cancellationToken);
            RandomNumberGenerator.Fill(buffer.Span);
            return buffer.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
