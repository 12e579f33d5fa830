using Juming.Site.DeviceLinkage.Recipes;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage;

/// <summary>Recipes are read whole or refused with the line and the reason.</summary>
internal sealed class RecipeReaderTests
{
    private const string Good = """
        apiVersion: juming/recipe.v1
        id: demo-fw-block-ip
        name: {zh: 演示防火墙-封禁IP, en: Demo firewall - block IP}
        vendor: demo
        product: fw
        versions: ">=3.0 <5.0"
        capability: block-ip
        kind: mutate
        inputs:
          ip: {type: ip, required: true}
          minutes: {type: int, default: 1440, validate: {min: 1, max: 525600}}
          comment: {type: string, default: "juming", validate: {maxLen: 60}}
        session: demo-fw-login
        limits: {min_interval: 2s, max_run: 120s, concurrency: 1}
        safety: {protected_check: ip, dry_run_stop: submit}
        steps:
          - {id: nav1, click: {role: menuitem, name: [安全防护, 策略]}}
          - {id: nav2, click: {role: link, name: [黑名单, 地址黑名单, 黑白名单]}}
          - {id: w1, wait: {text: [新增, 添加], gone: 加载中}}
          - id: exists
            table.find: {search: {label: [IP地址, 地址], value: "${ip}"}, row: {IP地址: "${ip}"}, paging: {max: 50}}
            save: row
          - if: "${row.found}"
            then:
              - {id: noop, return: {changed: false, reason: already_blocked}}
          - {id: add, click: {role: button, name: [新增, 添加, 新建]}}
          - {id: f1, fill: {label: [IP地址, 源IP, 地址], value: "${ip}"}}
          - {id: f2, select: {label: [有效期, 封禁时长], option: "自定义"}, optional: true}
          - {id: shot, screenshot: {name: before-submit}}
          - {id: ok, submit: {click: {role: button, name: [确定, 保存, 提交]}}}
          - id: result
            assert: {text: [添加成功, 操作成功, 保存成功], none_of: [失败, 已存在, 规格已满, 不合法], within: 10s}
            on_text: {已存在: noop, 规格已满: fail:capacity_full}
          - {id: commit, commit: {click: {role: button, name: [应用, 立即生效, 提交变更]}, optional: true}}
          - {id: commitok, wait: {text: [应用成功, 下发成功, 生效], timeout: 60s}, optional: true}
        verify:
          - open: {ref: nav2}
          - table.find: {search: {label: [IP地址, 地址], value: "${ip}"}, row: {IP地址: "${ip}"}, paging: {max: 50}}
            save: v
          - assert: {expr: "${v.found} && ${v.row.状态} in ['', '启用', '生效', '阻断']"}
          - screenshot: {name: verified, highlight: "${v.row}"}
        rollback:
          steps:
            - open: {ref: nav2}
            - table.find: {row: {IP地址: "${ip}"}}
              save: r
            - if: "${r.found}"
              then:
                - {dialog: {accept: true, expect: [确认, 确定, 是否], arm: true}}
                - {click: {in: "${r.row}", role: button, name: [删除, 解封, 解除]}}
                - {assert: {text: [删除成功, 操作成功], within: 10s}}
            - assert: {not_row: {IP地址: "${ip}"}}
        tests:
          - {sim: demo-fw, given: {}, inputs: {ip: 203.0.113.7}, expect: {changed: true}}
        """;

    [Test]
    public void A_whole_recipe_is_read()
    {
        var (recipe, faults) = RecipeReader.Read(Good);
        Assert.That(faults, Is.Empty);
        Assert.That((recipe!.Id, recipe.Steps.Count, recipe.Verify.Count, recipe.ProtectedCheck, recipe.MaxRun), Is.EqualTo(("demo-fw-block-ip", 13, 4, "ip", (TimeSpan?)TimeSpan.FromSeconds(120))));
        Assert.That(recipe.Steps.Single(s => s.Op == "submit").Mutates, Is.True);
    }

    [TestCase("  - {id: nav2, click:", "  - {id: nav2, eval:", "no operation that is known")]
    [TestCase("optional: true}\n  - {id: shot", "optonal: true}\n  - {id: shot", "unknown key 'optonal'")]
    [TestCase("safety: {protected_check: ip, dry_run_stop: submit}", "safety: {dry_run_stop: submit}", "protected_check")]
    [TestCase("open: {ref: nav2}", "open: {ref: nav9}", "no step 'nav9'")]
    [TestCase("role: menuitem", "role: menuitm", "no role that is known")]
    [TestCase("submit: {click:", "click: {clik:", "submit")]
    [TestCase("juming/recipe.v1", "juming/recipe.v2", "apiVersion")]
    [TestCase("kind: mutate", "kind: [mutate", "not YAML")]
    public void A_faulty_one_is_refused_with_line_and_reason(string good, string bad, string reason)
    {
        Assert.That(Good, Does.Contain(good));
        var (recipe, faults) = RecipeReader.Read(Good.Replace(good, bad, StringComparison.Ordinal));
        Assert.That(recipe, Is.Null);
        Assert.That(faults.Select(f => f.Reason), Has.Some.Contains(reason));
        Assert.That(faults.Select(f => f.Line), Is.All.GreaterThan(0));
    }

    [TestCase("${a} == 'x'", true)]
    [TestCase("${a} in ['', 'x']", true)]
    [TestCase("!${flag} || ${n} >= 90 && ${n} < 100", true)]
    [TestCase("(${n} > 100)", false)]
    [TestCase("${missing}", false)]
    public void Conditions_are_weighed(string text, bool holds) =>
        Assert.That(Expression.Holds(text, name => name switch { "a" => "x", "n" => "95", "flag" => true, _ => null }), Is.EqualTo(holds));

    [Test]
    public void What_a_page_says_never_becomes_part_of_a_condition_or_a_place() =>
        Assert.Multiple(() =>
        {
            Assert.That(Expression.Holds("${a} == 'x'", _ => "x' || true || 'x' == 'x"), Is.False);
            Assert.That(new RunValues(new Dictionary<string, string> { ["a"] = "${b}", ["b"] = "secret" }).Fill("<${a}>"), Is.EqualTo("<${b}>"));
            Assert.Throws<ExpressionException>(() => Expression.Holds("${a} ; rm", _ => "x"));
        });

    [Test]
    public void What_was_healed_stands_in_the_recipe_as_plain_words_and_the_way_keeps_its_last_name()
    {
        var recipe = RecipeReader.Read(Good).Recipe!;
        var way = new[] { Spec("""{"text":["处置中心"]}"""), Spec("""{"role":"link","name":["封禁\"}] ${ip}"],"css":"body"}""") };
        var changed = RecipeEdit.Healed(Good, recipe,
        [
            new Healing("nav2", "黑名单", "封禁", 0, Healing.Entries) { Way = way },
            new Healing("add", "新增", "录入", 0.7, Healing.Synonym) { Spec = Spec("""{"role":"button","name":["录入"],"id":"add"}""") },
            new Healing("f2", "自定义", "长期", 0, Healing.Option),
            new Healing("ok", "确定", "提交审批", 0.6, Healing.Form) { Spec = Spec("""{"text":["提交审批"],"near":["IP地址"]}""") },
        ]);
        var healed = RecipeReader.Read(changed!).Recipe!;
        Assert.Multiple(() =>
        {
            Assert.That(healed.Steps.Take(3).Select(s => s.Id), Is.EqualTo(new[] { "way1", "nav2", "w1" }));
            Assert.That(healed.Steps[1].Target!.Name, Is.EqualTo(new[] { "封禁\"}] $ {ip}" }));
            Assert.That(healed.Steps[1].Target!.Css, Is.Null);
            Assert.That(healed.Steps.Single(s => s.Id == "add").Target!.Name, Is.EqualTo(new[] { "录入" }));
            Assert.That(healed.Steps.Single(s => s.Id == "f2").Options, Is.EqualTo(new[] { "长期" }));
            Assert.That(healed.Steps.Single(s => s.Id == "ok") is { Mutates: true, Target: { Role: null, Near: ["IP地址"], Text: ["提交审批"] } });
            Assert.That(healed.Rollback, Has.Count.EqualTo(recipe.Rollback.Count));
        });
        Assert.That(RecipeEdit.Healed(Good, recipe, [new Healing("nowhere", "", "", 0, Healing.Form) { Spec = Spec("{}") }]), Is.Null);
    }

    private static System.Text.Json.JsonElement Spec(string json) => System.Text.Json.JsonDocument.Parse(json).RootElement;
}
