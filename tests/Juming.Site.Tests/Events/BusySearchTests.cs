using System.Net;
using Juming.Platform.Handlers;
using Juming.Site.Collection;
using Juming.Site.Collection.Workbench;
using Juming.Site.Events.Find;
using Juming.Site.Incidents;
using Juming.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Events;

/// <summary>Too many looks at the same moment: whoever asks hears so, whatever part of the product asked.</summary>
[Category("S2")]
public sealed class BusySearchTests
{
    private const int AtOnce = 400;

    private RunningTier _site = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _site = await RunningTier.Start("site", settings: new Dictionary<string, string?> { ["Modules:Events:Searches"] = "1" }, services: s => s.AddSingleton(new CollectionSettings { Udp = [], Tcp = [] }));
        using var sender = await _site.WithToken("collection.send");
        using var sent = await sender.PostAsync("/api/collection/events", new StringContent(string.Join('\n', Enumerable.Range(0, 2_000).Select(i => $"nobody knows this line {i}"))));
        sent.EnsureSuccessStatusCode();
    }

    [OneTimeTearDown]
    public Task Stop() => _site.DisposeAsync().AsTask();

    [Test]
    public async Task The_api_answers_that_it_is_busy_and_what_to_do()
    {
        using var reader = await _site.WithToken("events.read");
        var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => reader.GetAsync(new Uri("/api/events/" + Guid.CreateVersion7(), UriKind.Relative))));
        Assert.That(answers.Select(a => a.StatusCode), Is.All.EqualTo(HttpStatusCode.NotFound).Or.EqualTo(HttpStatusCode.ServiceUnavailable));
        var busy = answers.First(a => a.StatusCode == HttpStatusCode.ServiceUnavailable);
        Assert.That(await busy.Content.ReadAsStringAsync(), Does.Contain("events.search-busy").And.Contain("try again in a few seconds"));
        foreach (var answer in answers) answer.Dispose();
    }

    [Test]
    public async Task Parsers_unknown_lines_and_evidence_are_refused_and_do_not_break()
    {
        await Refused(() => new GetEvent(Guid.CreateVersion7()));
        await Refused(() => new ListPacks());
        await Refused(() => new ListUnknown());
        await Refused(() => new SampleUnknown(1, 20));
        await Refused(() => new PinEvent("INC-2026-0001", Guid.CreateVersion7(), ""), "incidents.no-such-event");
    }

    private async Task Refused<T>(Func<IRequest<Result<T>>> ask, string? other = null)
    {
        var asked = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(() => _site.Send(ask()))));
        var codes = asked.Select(a => a.Error?.Code).Distinct().ToList();
        Assert.That(codes, Does.Contain("events.search-busy"), ask().GetType().Name);
        Assert.That(codes, Is.SubsetOf(new[] { "events.search-busy", "events.no-such-event", "collection.no-such-source", other, null }), ask().GetType().Name);
    }
}
