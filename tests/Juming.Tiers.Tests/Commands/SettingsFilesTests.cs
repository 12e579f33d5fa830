using System.Text.Json;
using System.Text.RegularExpressions;
using Juming.Platform.Modules;
using Juming.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Commands;

/// <summary>Each tier's settings file holds every key at its default, and the operations guide describes every one.</summary>
[Category("X5")]
public sealed class SettingsFilesTests
{
    [TestCase("cloud")]
    [TestCase("operator")]
    [TestCase("site")]
    public async Task The_file_holds_every_key_that_the_tier_knows_at_its_default(string name)
    {
        await using var tier = await RunningTier.Start(name, settings: await Databases.TestDatabases.MakeFor(name, Databases.TestDatabases.Sqlite));
        var definition = tier.Services.GetRequiredService<TierDefinition>();
        var sections = tier.Services.GetServices<SettingsSection>().ToList();
        var file = new ConfigurationBuilder().AddJsonFile(Path.Combine(Root(), $"appsettings.Tier{definition.Number}.json")).Build();
        var known = sections.SelectMany(s => Settings.KeysOf(s.Type).Select(k => $"{s.Path}:{k}")).Concat(definition.Modules.Select(m => $"Modules:{m.Name}:Enabled"));
        var held = file.AsEnumerable().Where(p => p.Value is not null || !file.GetSection(p.Key).GetChildren().Any()).Select(p => Regex.Replace(p.Key, ":[0-9]+$", "")).Distinct();
        Assert.That(held, Is.EquivalentTo(known).IgnoreCase);
        foreach (var section in sections)
        {
            var (fresh, bound) = (Activator.CreateInstance(section.Type)!, Activator.CreateInstance(section.Type)!);
            // The binder adds to a list that is there; without one, what the file says is what remains.
            foreach (var list in section.Type.GetProperties().Where(p => p.PropertyType.IsArray)) list.SetValue(bound, Array.CreateInstance(list.PropertyType.GetElementType()!, 0));
            file.GetSection(section.Path).Bind(bound);
            Assert.That(JsonSerializer.Serialize(bound, section.Type), Is.EqualTo(JsonSerializer.Serialize(fresh, section.Type)), section.Path);
        }
        foreach (var module in definition.Modules) Assert.That(file[$"Modules:{module.Name}:Enabled"], Is.EqualTo("True").IgnoreCase);
    }

    [Test]
    public async Task The_guide_describes_every_key_and_no_other()
    {
        var known = new HashSet<string> { "Modules:<name>:Enabled" };
        foreach (var tier in new[] { "cloud", "operator", "site" })
        {
            await using var host = await RunningTier.Start(tier, settings: await Databases.TestDatabases.MakeFor(tier, Databases.TestDatabases.Sqlite));
            known.UnionWith(host.Services.GetServices<SettingsSection>().SelectMany(s => Settings.KeysOf(s.Type).Select(k => $"{s.Path}:{k}")));
        }
        var rows = File.ReadLines(Path.Combine(Root(), "docs", "operations.md")).SkipWhile(l => !l.StartsWith("| key |", StringComparison.Ordinal)).Skip(2).TakeWhile(l => l.StartsWith('|'));
        Assert.That(rows.Select(r => r.Split('`')[1]), Is.EquivalentTo(known));
    }

    [Test]
    public async Task A_stronger_source_replaces_a_list_of_the_file_whole_or_empties_it()
    {
        await using var site = await RunningTier.Start("site", settings: new Dictionary<string, string?>
        {
            ["Modules:Collection:Udp:0"] = "127.0.0.1:0",
            ["Modules:Collection:Tcp"] = "",
            ["Modules:Incidents:SharedAccounts:0"] = "kiosk",
            ["site:Modules:Collection:Zone"] = "Asia/Urumqi",
            ["Modules:Collection:Zone"] = "Europe/Berlin",
            ["cloud:Modules:Access:IdleMinutes"] = "7",
        });
        var collection = site.Services.GetRequiredService<Site.Collection.CollectionSettings>();
        Assert.Multiple(() =>
        {
            Assert.That(collection.Udp, Is.EqualTo(new[] { "127.0.0.1:0" }));
            Assert.That(collection.Tcp, Is.Empty);
            Assert.That(site.Services.GetRequiredService<Site.Incidents.IncidentsSettings>().SharedAccounts, Is.EqualTo(new[] { "kiosk" }));
            Assert.That(collection.Zone, Is.EqualTo("Asia/Urumqi"), "the tier's own key beats the common one");
            Assert.That(site.Services.GetRequiredService<Platform.Access.AccessSettings>().IdleMinutes, Is.EqualTo(30), "another tier's key is not ours");
        });
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Juming.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
