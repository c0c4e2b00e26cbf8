//! An event has its effect once in a consumer, however often it is delivered.

use sea_orm::{ConnectionTrait, DbErr, Statement};

/// Notes that `consumer` handles `event`; true the first time.
///
/// `tx` must be the transaction of the effect: both happen or neither.
pub async fn once(tx: &impl ConnectionTrait, consumer: &str, event: &str) -> Result<bool, DbErr> {
    let sql = "INSERT INTO inbox (consumer, event) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let values = [consumer.into(), event.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected() == 1)
}
