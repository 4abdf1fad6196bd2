//! Limits of an account.

use super::*;

#[tokio::test]
async fn limits_are_told_in_pages() {
    let desk = Desk::open(Release::Aws);
    desk.expect(
        &[
            "DescribeAccountLimits",
            "DescribeAccountLimits PageSize=2",
            "DescribeAccountLimits PageSize=2&Marker=classic-listeners",
            "DescribeAccountLimits PageSize=0",
            "DescribeAccountLimits PageSize=401",
            "DescribeAccountLimits Marker=none",
        ],
        expect![[r#"
                # DescribeAccountLimits
                <DescribeAccountLimitsResult>
                <Limits>
                <member>
                <Name>classic-load-balancers</Name>
                <Max>20</Max>
                </member>
                <member>
                <Name>classic-listeners</Name>
                <Max>100</Max>
                </member>
                <member>
                <Name>classic-registered-instances</Name>
                <Max>1000</Max>
                </member>
                </Limits>
                </DescribeAccountLimitsResult>
                # DescribeAccountLimits PageSize=2
                <DescribeAccountLimitsResult>
                <Limits>
                <member>
                <Name>classic-load-balancers</Name>
                <Max>20</Max>
                </member>
                <member>
                <Name>classic-listeners</Name>
                <Max>100</Max>
                </member>
                </Limits>
                <NextMarker>classic-listeners</NextMarker>
                </DescribeAccountLimitsResult>
                # DescribeAccountLimits PageSize=2&Marker=classic-listeners
                <DescribeAccountLimitsResult>
                <Limits>
                <member>
                <Name>classic-registered-instances</Name>
                <Max>1000</Max>
                </member>
                </Limits>
                </DescribeAccountLimitsResult>
                # DescribeAccountLimits PageSize=0
                400 ValidationError: PageSize must be between 1 and 400
                # DescribeAccountLimits PageSize=401
                400 ValidationError: PageSize must be between 1 and 400
                # DescribeAccountLimits Marker=none
                400 ValidationError: Marker is not one that was given
            "#]],
    )
    .await;
    let desk = Desk::open(Release::V4_4_2);
    let told = desk.tell("DescribeAccountLimits").await;
    expect![[r#"
            400 UnsupportedOperation: DescribeAccountLimits does not work in Eucalyptus 4.4.2: no release of Eucalyptus has it for classic load balancers (from aws)
        "#]].assert_eq(&told);
}
