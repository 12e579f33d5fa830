namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>What consoles call things, by which new recipes find them.</summary>
internal static class ConsoleWords
{
    /// <summary>Headings of the column with the addresses where the list itself tells none, as a recipe writes them.</summary>
    public const string AnyColumn = "IP地址|IP|Address";

    /// <summary>Buttons that take an entry away.</summary>
    public static readonly string[] Removes = ["删除", "移除", "解封", "解除", "释放", "解除封禁", "移出", "删除选中", "批量删除", "解除封锁", "解除阻断", "取消封禁", "取消限制", "取消隔离", "撤销", "Delete", "Remove", "Unblock", "Release"];

    /// <summary>Buttons by which a page's own question is agreed to.</summary>
    public static readonly string[] Sure = ["确定", "确认", "是", "好", "继续", "提交", "OK", "Yes", "Confirm"];

    /// <summary>Words of questions that the browser asks after block and unblock.</summary>
    public static readonly string[] SureAsked = ["确认", "确定", "是否", "删除", "解封", "移除", "封禁", "sure", "remove", "delete", "unblock", "confirm", "block"];

    /// <summary>Buttons that put what was entered into force.</summary>
    public static readonly string[] Commits = ["立即生效", "应用配置", "配置生效", "提交变更", "保存配置", "下发配置", "策略下发", "应用更改", "提交配置", "应用", "下发", "生效", "Apply", "Commit", "Deploy", "Activate", "Apply changes", "Commit changes", "Save configuration"];
}
